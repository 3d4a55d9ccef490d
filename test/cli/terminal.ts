/** A terminal, signals and service that tests can look into. */
import type { Environment, ServeOptions } from '#main/cli/environment.ts';
import { runProgram } from '#main/cli/program.ts';
import { type FakeService, fakeService } from './fakeService.ts';

export interface Terminal {
  service: FakeService;
  environment: Environment;
  served: ServeOptions[];
  workspaces: (string | null)[];
  /** Presses Ctrl-C; false when nobody listens. */
  pressCtrlC(): boolean;
  out(): string;
  err(): string;
  run(...words: string[]): Promise<number>;
  /** The lines of stdout, each parsed as JSON. */
  documents(): unknown[];
}

export function terminal(options: { isTTY?: boolean } = {}): Terminal {
  const service = fakeService();
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const served: ServeOptions[] = [];
  const workspaces: (string | null)[] = [];
  let time = 0;
  const environment: Environment = {
    stdout: {
      write(text) {
        written.out += text;
      },
    },
    stderr: {
      write(text) {
        written.err += text;
      },
      isTTY: options.isTTY ?? false,
      columns: 80,
    },
    folder: '/somewhere',
    async openService(workspace) {
      workspaces.push(workspace);
      return {
        client: service.client,
        close: async () => {
          service.closed = true;
        },
      };
    },
    async serve(given) {
      served.push(given);
      return 0;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => (time += 1000),
  };
  return {
    service,
    environment,
    served,
    workspaces,
    pressCtrlC() {
      for (const listener of listeners) listener();
      return listeners.size > 0;
    },
    out: () => written.out,
    err: () => written.err,
    run: (...words) => runProgram(words, environment, '0.1.0'),
    documents: () =>
      written.out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as unknown),
  };
}
