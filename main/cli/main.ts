/** The command line as a program: the real terminal, signals and service behind the verbs. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createService } from '#main/service/service.ts';
import { version } from '../../package.json';
import type { Environment, ServeOptions } from './environment.ts';
import { runProgram } from './program.ts';

/** The shells never import each other, so the browser shell runs as the program that it is. */
function serve(options: ServeOptions): Promise<number> {
  const words = [
    ...(options.workspace === null ? [] : ['--workspace', options.workspace]),
    ...(options.port === null ? [] : ['--port', String(options.port)]),
    ...(options.host === null ? [] : ['--host', options.host]),
    ...(options.tlsCert === null ? [] : ['--tls-cert', options.tlsCert]),
    ...(options.tlsKey === null ? [] : ['--tls-key', options.tlsKey]),
    ...(options.open ? [] : ['--no-open']),
    ...(options.json ? ['--json'] : []),
    '--',
    ...options.files,
  ];
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'web.js'), ...words], {
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
  const ignore = (): void => {};
  const passOn = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', ignore);
  process.on('SIGTERM', passOn);
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', passOn);
      done(code === 0 ? 0 : 1);
    });
  });
}

/** The first signal asks; the second leaves at once. */
function onInterrupt(listener: () => void): () => void {
  let asked = false;
  const signalled = (): void => {
    if (asked) process.exit(130);
    asked = true;
    listener();
  };
  process.on('SIGINT', signalled);
  process.on('SIGTERM', signalled);
  return () => {
    process.off('SIGINT', signalled);
    process.off('SIGTERM', signalled);
  };
}

const environment: Environment = {
  stdout: process.stdout,
  stderr: process.stderr,
  folder: process.cwd(),
  openService: (workspaceFolder) =>
    createService({
      workspaceFolder,
      engineEntry: resolve(import.meta.dirname, 'engine.js'),
      resourcesFolder: resolve(import.meta.dirname, '../../resources'),
    }),
  serve,
  onInterrupt,
  now: () => performance.now(),
};

// A reader that has seen enough (`driftcast list | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), environment, version);
