/**
 * One life of an engine process: handshakes, signs of life, and one clear reason for its end. What its calls
 * are and what happens after its death is the supervisor's.
 */
import { DriftcastError, type ErrorCode, errorDataSchema } from '#shared/errors.ts';
import type { FromEngine, Lane, ToEngine } from '../protocol.ts';
import { endlessSearch } from './endless-search.ts';
import type { EngineChild, EngineExit, EngineHost } from './host.ts';
import type { EngineLimits } from './limits.ts';

export type EndCause = 'not-started' | 'died' | 'hung' | 'killed' | 'closed';

export interface EngineEnd {
  cause: EndCause;
  error: DriftcastError;
}

export type CallMessage = Extract<FromEngine, { type: 'event' | 'result' | 'error' }>;

export interface ProcessListener {
  ready(): void;
  message(message: CallMessage): void;
  /** It has no call left and holds this much memory. */
  idle(residentBytes: number): void;
  /** Exactly once, after the process has really gone. */
  ended(end: EngineEnd): void;
  log(level: 'info' | 'warn' | 'error', message: string): void;
  /** Whether any call is under way: an idle process is left in peace. */
  busy(): boolean;
}

const outputTailCharacters = 8000;

/** Accepts what the protocol allows; null for anything else, since a broken engine may send anything. */
export function parseFromEngine(message: unknown): FromEngine | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, id, nonce, level, message: text, error, residentBytes } = message as Record<string, unknown>;
  switch (type) {
    case 'up':
    case 'ready':
      return message as FromEngine;
    case 'event':
    case 'result':
      return typeof id === 'number' ? (message as FromEngine) : null;
    case 'error':
      return typeof id === 'number' && errorDataSchema.safeParse(error).success
        ? (message as FromEngine)
        : null;
    case 'idle':
      return typeof residentBytes === 'number' ? (message as FromEngine) : null;
    case 'pong':
      return typeof nonce === 'number' ? (message as FromEngine) : null;
    case 'log':
      return typeof text === 'string' && ['info', 'warn', 'error'].includes(String(level))
        ? (message as FromEngine)
        : null;
    default:
      return null;
  }
}

export class EngineProcess {
  private readonly child: EngineChild;
  private readonly lane: Lane;
  private readonly limits: EngineLimits;
  private readonly listener: ProcessListener;
  private state: 'starting' | 'up' | 'ready' | 'ended' = 'starting';
  private output = '';
  private missed = 0;
  private nonce = 0;
  private handshake: NodeJS.Timeout;
  private readonly pinger: NodeJS.Timeout;
  /** Why this side ended it; null while it dies by itself. */
  private ending: { cause: EndCause; sentence: string } | null = null;

  constructor(lane: Lane, host: EngineHost, limits: EngineLimits, listener: ProcessListener) {
    this.lane = lane;
    this.limits = limits;
    this.listener = listener;
    this.handshake = setTimeout(() => this.startTooSlow(), limits.upMilliseconds);
    this.pinger = setInterval(() => this.ping(), limits.pingMilliseconds);
    this.child = host.start(lane);
    this.child.onOutput((text) => {
      this.output = (this.output + text).slice(-outputTailCharacters);
      listener.log('warn', text.trimEnd());
    });
    this.child.onMessage((message) => this.receive(message));
    this.child.onExit((exit) => this.exited(exit));
  }

  /** Whether it takes calls. */
  get isReady(): boolean {
    return this.state === 'ready' && this.ending === null;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  post(message: ToEngine): void {
    this.child.post(message);
  }

  /** Ends it at once; `ended` follows with `cause`. `sentence` says why, for the log and the pending calls. */
  kill(cause: EndCause, sentence: string): void {
    if (this.state === 'ended' || this.ending !== null) return;
    this.ending = { cause, sentence };
    this.child.kill();
  }

  /** Asks it to exit and makes sure that it does; `ended` follows with the cause `closed`. */
  close(sentence = 'Driftcast is closing.'): void {
    if (this.state === 'ended') return;
    this.ending ??= { cause: 'closed', sentence };
    this.child.post({ type: 'exit' });
    const killer = setTimeout(() => this.child.kill(), this.limits.closeMilliseconds);
    this.child.onExit(() => clearTimeout(killer));
  }

  private startTooSlow(): void {
    const seconds = Math.round(
      (this.state === 'starting' ? this.limits.upMilliseconds : this.limits.readyMilliseconds) / 1000,
    );
    this.kill('not-started', `The ${this.lane} engine did not become ready within ${seconds} s.`);
  }

  private receive(raw: unknown): void {
    const message = parseFromEngine(raw);
    if (message === null) {
      this.listener.log('error', `The ${this.lane} engine sent a message that is not of the protocol.`);
      return;
    }
    this.missed = 0;
    switch (message.type) {
      case 'up':
        if (this.state !== 'starting') return;
        this.state = 'up';
        clearTimeout(this.handshake);
        this.handshake = setTimeout(() => this.startTooSlow(), this.limits.readyMilliseconds);
        return;
      case 'ready':
        if (this.state !== 'up') return;
        this.state = 'ready';
        clearTimeout(this.handshake);
        this.listener.ready();
        return;
      case 'log':
        this.listener.log(message.level, message.message);
        return;
      case 'idle':
        this.listener.idle(message.residentBytes);
        return;
      case 'pong':
        return;
      default:
        this.listener.message(message);
    }
  }

  private ping(): void {
    if (this.state !== 'ready' || !this.listener.busy()) {
      this.missed = 0;
      return;
    }
    if (this.missed >= this.limits.missedPings) {
      const seconds = Math.round((this.limits.missedPings * this.limits.pingMilliseconds) / 1000);
      this.kill('hung', `The ${this.lane} engine gave no sign of life for ${seconds} s and was ended.`);
      return;
    }
    this.missed++;
    this.nonce++;
    this.child.post({ type: 'ping', nonce: this.nonce });
  }

  private exited(exit: EngineExit): void {
    if (this.state === 'ended') return;
    const wasReady = this.state === 'ready';
    this.state = 'ended';
    clearTimeout(this.handshake);
    clearInterval(this.pinger);
    const cause = this.ending?.cause ?? (wasReady ? 'died' : 'not-started');
    this.listener.ended({ cause, error: this.describe(exit, cause) });
  }

  private describe(exit: EngineExit, cause: EndCause): DriftcastError {
    const how = exit.signal === null ? `code ${exit.code ?? 'unknown'}` : `signal ${exit.signal}`;
    let code: ErrorCode = 'engine-died';
    let sentence = this.ending?.sentence ?? `The ${this.lane} engine stopped unexpectedly (${how}).`;
    let hint = 'Try again; if it happens again, copy the details and report them.';
    if (this.ending === null && /heap out of memory|std::bad_alloc|OOM when allocating/i.test(this.output)) {
      code = 'out-of-memory';
      sentence = `The ${this.lane} engine ran out of memory.`;
      hint = 'Choose a smaller region, batch or ensemble, or close other programs.';
    } else if (this.ending === null && this.output.includes(endlessSearch)) {
      code = 'damaged-file';
      sentence = 'The file is damaged: its table of contents leads in circles.';
      hint = 'Download or copy the file again.';
    } else if (this.ending === null && exit.signal === 'SIGKILL') {
      hint = 'Memory may have run out: choose a smaller region, batch or ensemble, or close other programs.';
    } else if (cause === 'not-started') {
      sentence = this.ending?.sentence ?? `The ${this.lane} engine could not be started (${how}).`;
      hint = 'Run `driftcast doctor` to see what is missing.';
    }
    const details = this.output.trim();
    return new DriftcastError(code, sentence, hint, details === '' ? {} : { details });
  }
}
