/**
 * The one thing that differs between Node and Electron about the engine: how its process is started. All else
 * (handshakes, calls, supervision) goes over this interface.
 */
import type { Lane, ToEngine } from '../protocol.ts';

export interface EngineExit {
  code: number | null;
  signal: string | null;
}

/** One running engine process, seen from the service. */
export interface EngineChild {
  readonly pid: number | undefined;
  /** Messages to a process that has ended are dropped; its exit is told by `onExit`. */
  post(message: ToEngine): void;
  /** What arrives is not checked here: a broken engine may send anything. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started at all. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Text on its standard output and error: libraries' warnings, crash reports. */
  onOutput(listener: (text: string) => void): void;
  /** Ends the process at once, even in the middle of a computation. */
  kill(): void;
}

export interface EngineHost {
  start(lane: Lane): EngineChild;
}

export interface HostOptions {
  /** The built engine program. */
  entry: string;
  /** Added to this process's environment. */
  environment?: Record<string, string>;
}

/** The engine's command line. */
export function laneArgument(lane: Lane): string {
  return `--lane=${lane}`;
}

/** Which lane the engine was started for. @throws Error for a command line that is not a host's. */
export function laneFromArguments(args: readonly string[]): Lane {
  for (const lane of ['files', 'compute', 'simulation'] as const)
    if (args.includes(laneArgument(lane))) return lane;
  throw new Error('The engine was started without --lane=files, --lane=compute or --lane=simulation.');
}
