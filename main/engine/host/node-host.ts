/** Starts engine processes with `child_process.fork`: for the command line, the browser shell and the tests. */
import { fork } from 'node:child_process';
import type { EngineChild, EngineExit, EngineHost, HostOptions } from './host.ts';
import { laneArgument } from './host.ts';

const lastWordsMilliseconds = 1000;

export function createNodeHost(options: HostOptions & { execArgv?: string[] }): EngineHost {
  return {
    start(lane): EngineChild {
      const child = fork(options.entry, [laneArgument(lane)], {
        // Structured clone: typed arrays cross without a detour over text.
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...process.env, ...options.environment },
        execArgv: options.execArgv ?? [],
      });
      let ended: EngineExit | null = null;
      const exitListeners: ((exit: EngineExit) => void)[] = [];
      const end = (exit: EngineExit): void => {
        if (ended !== null) return;
        ended = exit;
        for (const listener of exitListeners) listener(exit);
      };
      // `close` comes after the last words on stderr; a grandchild may hold stderr open, so don't wait for long.
      child.on('close', (code, signal) => end({ code, signal }));
      child.on('exit', (code, signal) => {
        setTimeout(() => end({ code, signal }), lastWordsMilliseconds).unref();
      });
      // Could not be started, or its channel broke: either way it is of no more use.
      child.on('error', () => {
        child.kill('SIGKILL');
        if (child.pid === undefined) end({ code: null, signal: null });
      });
      return {
        pid: child.pid,
        post(message) {
          if (child.connected) child.send(message, () => undefined);
        },
        onMessage: (listener) => void child.on('message', listener),
        onExit(listener) {
          if (ended !== null) listener(ended);
          else exitListeners.push(listener);
        },
        onOutput(listener) {
          for (const stream of [child.stdout, child.stderr]) {
            stream?.setEncoding('utf8');
            stream?.on('data', listener);
          }
        },
        kill: () => void child.kill('SIGKILL'),
      };
    },
  };
}
