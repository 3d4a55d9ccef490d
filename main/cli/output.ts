/**
 * Where the command line's words go: the answer to stdout (one JSON document, or a text for people), all
 * else (progress, notes, errors for people) to stderr, so that pipes only ever carry answers.
 */
import { DriftcastError, type ErrorData, errorDataSchema, toErrorData } from '#shared/errors.ts';
import type { Environment } from './environment.ts';
import { Progress } from './print/progress.ts';

export class Output {
  readonly json: boolean;
  readonly progress: Progress;
  readonly #environment: Environment;

  readonly #quiet: boolean;

  constructor(environment: Environment, json: boolean, quiet = false) {
    this.#environment = environment;
    this.#quiet = quiet;
    this.json = json;
    this.progress = new Progress(environment.stderr, environment.now);
  }

  /** The answer of a command, in whichever of the two forms was asked for. */
  answer(value: unknown, text: () => string): void {
    this.progress.clear();
    this.#environment.stdout.write(this.json ? `${JSON.stringify(value)}\n` : `${text()}\n`);
  }

  /** One of several lines of an answer that comes bit by bit (an epoch of training). */
  line(value: unknown, text: () => string): void {
    if (!this.#quiet) this.answer(value, text);
  }

  /** The same, for work inside a larger command whose own answer is the only one. */
  quiet(): Output {
    return new Output(this.#environment, this.json, true);
  }

  /** For the person watching; never part of the answer. */
  note(text: string): void {
    this.progress.clear();
    this.#environment.stderr.write(`${text}\n`);
  }

  failure(thrown: unknown): void {
    this.progress.clear();
    const { code, message, hint } = errorData(thrown);
    if (this.json) this.#environment.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
    this.#environment.stderr.write(`${message}${hint ? `\n${hint}` : ''}\n`);
  }
}

/** Error data of anything thrown, also of a transport's error that carries the data of ours. */
export function errorData(thrown: unknown): ErrorData {
  if (!(thrown instanceof DriftcastError) && typeof thrown === 'object' && thrown !== null) {
    const carried = errorDataSchema.safeParse((thrown as { data?: unknown }).data);
    if (carried.success) return carried.data;
  }
  return toErrorData(thrown);
}
