/** A running browser shell over the stand-in service, and a raw HTTP client that can lie about itself. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Reach } from '#main/web/reach.ts';
import { startWebShell, type WebShell } from '#main/web/server.ts';
import type { ShellService } from '#main/web/shellService.ts';
import type { FieldAddress } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type FakeService, fakeService } from '../cli/fakeService.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface TestShell {
  shell: WebShell;
  service: FakeService;
  fields: FieldAddress[];
  uploads: { name: string; content: string }[];
  /** The cookie that the token was exchanged for. */
  cookie: string;
  origin: string;
  /** Sends exactly these headers; the path is not normalised. */
  ask(path: string, options?: AskOptions): Promise<Answer>;
  /** Ends the shell and removes its folder. */
  close(): Promise<void>;
  /** As our own page would. */
  askAsPage(path: string, options?: AskOptions): Promise<Answer>;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export const largestTestUpload = 1000;

export async function testShell(reach?: Reach): Promise<TestShell> {
  const folder = mkdtempSync(join(tmpdir(), 'driftcast-test-'));
  const rendererFolder = join(folder, 'renderer');
  mkdirSync(join(rendererFolder, 'assets'), { recursive: true });
  writeFileSync(join(rendererFolder, 'index.html'), '<!doctype html><title>Driftcast</title>');
  writeFileSync(join(rendererFolder, 'assets', 'main-abc123.js'), 'export {};');
  writeFileSync(join(rendererFolder, '.hidden'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'forecast.nc'), 'CDF forecast');
  const fake = fakeService();
  const fields: FieldAddress[] = [];
  const uploads: { name: string; content: string }[] = [];
  const service: ShellService = {
    router: fake.router,
    async resolveField(address) {
      fields.push(address);
      if ('time' in address && address.time === 99)
        throw new DriftcastError('not-found', 'There is no time 99.', 'Choose another.');
      const data = new Float32Array([1.5, Number.NaN, -2, 3, 4, 5]);
      return { data, height: 2, width: 3, units: '°C', range: { min: -2, max: 5 }, date: '2001-01-01' };
    },
    receiveUpload: (name, body) => receive(name, body, uploads),
    async resolveDownload(address) {
      if (address.kind === 'forecast')
        return {
          name: 'Frühling.nc',
          type: 'application/x-netcdf',
          content: { path: join(folder, 'forecast.nc') },
        };
      return { name: 'scores.csv', type: 'text/csv', content: { text: 'method,lead\n' } };
    },
  };
  const shell = await startWebShell({ service, rendererFolder, port: 0, ...(reach ? { reach } : {}) });
  const origin = `http://127.0.0.1:${shell.port}`;
  const ask = (path: string, options: AskOptions = {}) => send(shell.port, path, options);
  const { pathname, search } = new URL(shell.address());
  // An encrypted shell is asked by its own test.
  const entry = reach?.tls ? null : await ask(pathname + search, {});
  const cookie = (entry?.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
  return {
    shell,
    service: fake,
    fields,
    uploads,
    cookie,
    origin,
    ask,
    async close() {
      await shell.close();
      rmSync(folder, { recursive: true, force: true });
    },
    askAsPage: (path, options = {}) =>
      ask(path, {
        ...options,
        headers: { cookie, origin, 'sec-fetch-site': 'same-origin', ...options.headers },
      }),
  };
}

async function receive(
  name: string,
  body: Readable,
  uploads: { name: string; content: string }[],
): Promise<{ token: string }> {
  let content = '';
  for await (const chunk of body) {
    content += String(chunk);
    if (content.length > largestTestUpload)
      throw new DriftcastError('bad-input', `${name} is too large.`, 'Open it from disk.');
  }
  uploads.push({ name, content });
  return { token: 'upload-1' };
}

function send(port: number, path: string, options: AskOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
