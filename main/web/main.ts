/**
 * The browser shell as a program: `npm start` without Electron and `driftcast serve` run it. Prints the
 * address, opens the browser where there is a desktop, and ends in order on Ctrl-C.
 */
import { resolve } from 'node:path';
import { createService, type Service } from '#main/service/service.ts';
import { toErrorData } from '#shared/errors.ts';
import { fileHash } from '#shared/shell.ts';
import { readWords, webUsage } from './commandLine.ts';
import { openBrowser } from './openBrowser.ts';
import { otherMachines, thisMachine } from './reach.ts';
import { startWebShell } from './server.ts';

/** Ctrl-C twice leaves at once. */
function endOnSignal(close: () => Promise<void>): void {
  let asked = false;
  const end = (): void => {
    if (asked) process.exit(130);
    asked = true;
    process.stderr.write('Driftcast is closing; press Ctrl-C again to leave at once.\n');
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

/** Opens the files, so that the window lists them; the answer is the part of the address that shows the first. */
async function openFiles(service: Service, paths: readonly string[]): Promise<string> {
  const tokens: string[] = [];
  for (const path of paths.map((given) => resolve(given))) {
    try {
      await service.client.files.open({ path });
      tokens.push(await service.tokenForPath(path));
    } catch (thrown) {
      const { message, hint } = toErrorData(thrown);
      process.stderr.write(`${message} ${hint}\n`);
    }
  }
  const [first] = tokens;
  return first === undefined ? '' : fileHash(first);
}

async function main(): Promise<void> {
  const options = readWords(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${webUsage}\n`);
    return;
  }
  // Before the service, so that a wrong certificate is told at once.
  const reach = options.beyond === null ? thisMachine : await otherMachines(options.beyond);
  const service = await createService({
    warm: true,
    workspaceFolder: options.workspace,
    engineEntry: resolve(import.meta.dirname, 'engine.js'),
    resourcesFolder: resolve(import.meta.dirname, '../../resources'),
  });
  try {
    const shell = await startWebShell({
      service,
      rendererFolder: resolve(import.meta.dirname, '../renderer'),
      port: options.port,
      reach,
    });
    endOnSignal(async () => {
      await shell.close();
      await service.close();
    });
    const address = shell.address(await openFiles(service, options.files));
    if (options.json) process.stdout.write(`${JSON.stringify({ url: address, port: shell.port })}\n`);
    else process.stdout.write(`Driftcast is at ${address}\n`);
    if (options.open && openBrowser(address)) process.stderr.write('Opening it in the browser.\n');
  } catch (thrown) {
    await service.close();
    throw thrown;
  }
}

main().catch((thrown: unknown) => {
  const { code, message, hint } = toErrorData(thrown);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
  process.stderr.write(`${message}\n${hint}\n`);
  process.exitCode = 1;
});
