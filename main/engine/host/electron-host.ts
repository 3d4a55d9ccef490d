/**
 * Starts engine processes with Electron's utilityProcess. The module comes as a parameter and is typed by what
 * is used of it, so that nothing outside of main/desktop imports electron.
 */
import type { EngineChild, EngineExit, EngineHost, HostOptions } from './host.ts';
import { laneArgument } from './host.ts';

interface OutputStream {
  on(event: 'data', listener: (chunk: Buffer | string) => void): unknown;
}

/** The part of Electron's `UtilityProcess` that the engine needs. */
export interface UtilityProcessLike {
  readonly pid: number | undefined;
  readonly stdout: OutputStream | null;
  readonly stderr: OutputStream | null;
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

/** The part of Electron's `utilityProcess` module that the engine needs. */
export interface UtilityProcessModule {
  fork(
    modulePath: string,
    args: string[],
    options: { env: Record<string, string>; stdio: 'pipe'; serviceName: string },
  ): UtilityProcessLike;
}

export function createElectronHost(utilityProcess: UtilityProcessModule, options: HostOptions): EngineHost {
  return {
    start(lane): EngineChild {
      const environment = Object.fromEntries(
        Object.entries({ ...process.env, ...options.environment }).filter(
          (entry): entry is [string, string] => entry[1] !== undefined,
        ),
      );
      const child = utilityProcess.fork(options.entry, [laneArgument(lane)], {
        env: environment,
        stdio: 'pipe',
        serviceName: `Driftcast engine (${lane})`,
      });
      let ended: EngineExit | null = null;
      const exitListeners: ((exit: EngineExit) => void)[] = [];
      child.on('exit', (code) => {
        ended = { code, signal: null };
        for (const listener of exitListeners) listener(ended);
      });
      return {
        // Known only once the process has been spawned.
        get pid() {
          return child.pid;
        },
        post(message) {
          if (ended === null) child.postMessage(message);
        },
        onMessage: (listener) => void child.on('message', listener),
        onExit(listener) {
          if (ended !== null) listener(ended);
          else exitListeners.push(listener);
        },
        onOutput(listener) {
          for (const stream of [child.stdout, child.stderr])
            stream?.on('data', (chunk) => listener(String(chunk)));
        },
        kill() {
          // Electron asks politely (SIGTERM); a process inside a long computation needs the hard way.
          child.kill();
          if (child.pid === undefined || ended !== null) return;
          try {
            process.kill(child.pid, 'SIGKILL');
          } catch {
            // It has gone already.
          }
        },
      };
    },
  };
}
