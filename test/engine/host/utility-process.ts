/**
 * Stands in for Electron's utilityProcess with processes of Node: the same calls, a port in the child, and an end
 * that is told by its code alone.
 */
import { fork } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { UtilityProcessLike, UtilityProcessModule } from '#main/engine/host/electron-host.ts';

const shim = pathToFileURL(join(import.meta.dirname, 'fixtures', 'parent-port.mjs')).href;

export function utilityProcessOf(execArgv: string[] = []): UtilityProcessModule {
  return {
    fork(modulePath, args, { env }): UtilityProcessLike {
      const child = fork(modulePath, args, {
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env,
        execArgv: ['--import', shim, ...execArgv],
      });
      // Electron knows the process only a turn later.
      let spawned = false;
      child.on('spawn', () => {
        spawned = true;
      });
      child.on('error', () => undefined);
      return {
        get pid() {
          return spawned ? child.pid : undefined;
        },
        stdout: child.stdout,
        stderr: child.stderr,
        postMessage(message) {
          if (child.connected) child.send(message as never, () => undefined);
        },
        on(event: 'message' | 'exit', listener: (value: never) => void) {
          if (event === 'message') child.on('message', listener as (message: unknown) => void);
          else
            child.on('close', (code, signal) =>
              (listener as (code: number) => void)(code ?? (signal === null ? 1 : constants.signals[signal])),
            );
        },
        kill: () => child.kill('SIGTERM'),
      };
    },
  };
}
