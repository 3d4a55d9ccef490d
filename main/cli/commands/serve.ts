/** `driftcast serve`: the same app in the local browser, until Ctrl-C. */

import { resolve } from 'node:path';
import { wholeNumber } from '../parse/numbers.ts';
import { addVerb, type Common, type Verbs } from '../verb.ts';

interface ServeOptions extends Common {
  port?: number;
  host?: string;
  tlsCert?: string;
  tlsKey?: string;
  open: boolean;
}

export function registerServe(verbs: Verbs): void {
  const { environment, outcome } = verbs;
  addVerb(verbs.program, 'serve', 'Serve the app to a browser on this machine')
    .argument('[files...]', 'files to open at once')
    .option('--port <port>', 'port on 127.0.0.1; a free one when left out', wholeNumber('--port', 0))
    .option('--host <address>', 'listen to other machines too; takes --tls-cert and --tls-key')
    .option('--tls-cert <file>', 'certificate of the names that browsers will use (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--no-open', 'do not open the browser')
    .action(async (files: string[], options: ServeOptions) => {
      const absolute = (path: string) => resolve(environment.folder, path);
      outcome.code = await environment.serve({
        workspace: options.workspace === undefined ? null : absolute(options.workspace),
        port: options.port ?? null,
        host: options.host ?? null,
        tlsCert: options.tlsCert === undefined ? null : absolute(options.tlsCert),
        tlsKey: options.tlsKey === undefined ? null : absolute(options.tlsKey),
        open: options.open,
        json: options.json ?? false,
        files: files.map(absolute),
      });
    });
}
