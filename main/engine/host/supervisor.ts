/**
 * Keeps one lane's engine process alive and its calls honest: each call ends with its answer or with one clear
 * error, whatever the process does.
 *
 * When the process dies, a restartable call (training) goes on in a new process. Of the others, a lone one is
 * to blame and fails; of several, each is tried again by itself, so that only the one that kills the process
 * fails and the rest never notice.
 */
import { DriftcastError, fromErrorData } from '#shared/errors.ts';
import type { ControlAction, EngineCalls, Lane } from '../protocol.ts';
import type { CallsOf } from './engine-main.ts';
import { type CallMessage, type EngineEnd, EngineProcess } from './engine-process.ts';
import type { EngineHost } from './host.ts';
import { type EngineLimits, engineLimits } from './limits.ts';

export type EngineLog = (level: 'info' | 'warn' | 'error', message: string) => void;

export interface CallOptions<Name extends keyof EngineCalls> {
  signal?: AbortSignal | undefined;
  onEvent?: ((event: EngineCalls[Name]['event']) => void) | undefined;
  /** Makes the call restartable. */
  restart?:
    | {
        /** What to send to the new process. */
        input(input: EngineCalls[Name]['input']): EngineCalls[Name]['input'];
        /** Events after which deaths are counted from zero again. */
        isProgress(event: EngineCalls[Name]['event']): boolean;
        onRestart?(error: DriftcastError, deaths: number): void;
      }
    | undefined;
}

/** A call under way. */
export interface EngineTask<Output> {
  readonly result: Promise<Output>;
  /** Asks the handler to pause or to finish early; the result tells what came of it. */
  control(action: ControlAction): void;
}

interface Task {
  readonly id: number;
  readonly name: keyof EngineCalls;
  readonly options: CallOptions<keyof EngineCalls>;
  input: unknown;
  sent: boolean;
  /** Was there when the process died and is tried again by itself. */
  suspect: boolean;
  deaths: number;
  cancelled: boolean;
  /** Asked for before or during the call; told again to a new process. */
  action: ControlAction | null;
  grace: NodeJS.Timeout | null;
  resolve(output: unknown): void;
  reject(error: unknown): void;
}

const cancelledError = (): DriftcastError => new DriftcastError('cancelled', 'The work was cancelled.');

export class EngineSupervisor<L extends Lane> {
  private readonly lane: L;
  private readonly host: EngineHost;
  private readonly log: EngineLog;
  private readonly limits: EngineLimits;
  private readonly tasks = new Map<number, Task>();
  private process: EngineProcess | null = null;
  private restartTimer: NodeJS.Timeout | null = null;
  private nextId = 1;
  private failedStarts = 0;
  private endsInRow = 0;
  private disposing: { done: Promise<void>; finish: () => void } | null = null;

  constructor(options: { lane: L; host: EngineHost; log?: EngineLog; limits?: Partial<EngineLimits> }) {
    this.lane = options.lane;
    this.host = options.host;
    this.log = options.log ?? (() => undefined);
    this.limits = { ...engineLimits[options.lane], ...options.limits };
  }

  /** Of the running process; null while there is none. */
  get pid(): number | null {
    return this.process?.pid ?? null;
  }

  /** Starts the process ahead of the first call. */
  warmUp(): void {
    this.ensureProcess();
  }

  /**
   * Sends a call; the process is started when there is none.
   * The result rejects with DriftcastError: `cancelled`, `engine-died`, `out-of-memory`, or the handler's own.
   */
  start<Name extends CallsOf<L>>(
    name: Name,
    input: EngineCalls[Name]['input'],
    options: CallOptions<Name> = {},
  ): EngineTask<EngineCalls[Name]['output']> {
    const { promise, resolve, reject } = withResolvers();
    const task: Task = {
      id: this.nextId++,
      name,
      input,
      // The map holds calls of every name; each task's own events and input match its own options.
      options: options as unknown as CallOptions<keyof EngineCalls>,
      sent: false,
      suspect: false,
      deaths: 0,
      cancelled: false,
      action: null,
      grace: null,
      resolve,
      reject,
    };
    if (this.disposing !== null || options.signal?.aborted) {
      reject(cancelledError());
    } else {
      this.tasks.set(task.id, task);
      const cancel = (): void => this.cancel(task);
      options.signal?.addEventListener('abort', cancel, { once: true });
      const forget = (): void => options.signal?.removeEventListener('abort', cancel);
      promise.then(forget, forget);
      this.ensureProcess();
      this.sendWaiting();
    }
    return {
      result: promise as Promise<EngineCalls[Name]['output']>,
      control: (action) => {
        task.action = action;
        if (task.sent) this.process?.post({ type: 'control', id: task.id, action });
      },
    };
  }

  /** {@link start} for callers that only want the answer. */
  call<Name extends CallsOf<L>>(
    name: Name,
    input: EngineCalls[Name]['input'],
    options: CallOptions<Name> = {},
  ): Promise<EngineCalls[Name]['output']> {
    return this.start(name, input, options).result;
  }

  /** Ends the process and every call; resolves when the process has gone. */
  dispose(): Promise<void> {
    if (this.disposing === null) {
      const { promise, resolve } = withResolvers();
      this.disposing = { done: promise.then(() => undefined), finish: () => resolve(undefined) };
      if (this.restartTimer !== null) clearTimeout(this.restartTimer);
      for (const task of [...this.tasks.values()]) this.settle(task, { error: cancelledError() });
      if (this.process === null) this.disposing.finish();
      else this.process.close();
    }
    return this.disposing.done;
  }

  private ensureProcess(): void {
    if (this.process !== null || this.restartTimer !== null || this.disposing !== null) return;
    const delay =
      this.endsInRow === 0
        ? 0
        : Math.min(
            this.limits.backoffMilliseconds * 2 ** (this.endsInRow - 1),
            this.limits.maxBackoffMilliseconds,
          );
    if (delay === 0) this.startProcess();
    else
      this.restartTimer = setTimeout(() => {
        this.restartTimer = null;
        this.startProcess();
      }, delay);
  }

  private startProcess(): void {
    this.process = new EngineProcess(this.lane, this.host, this.limits, {
      ready: () => {
        this.failedStarts = 0;
        this.sendWaiting();
      },
      message: (message) => this.receive(message),
      idle: (residentBytes) => this.idle(residentBytes),
      ended: (end) => this.ended(end),
      log: (level, message) => this.log(level, message),
      busy: () => [...this.tasks.values()].some((task) => task.sent),
    });
  }

  /** Everything at once, unless there are suspects: those go first, one at a time, with nobody beside them. */
  private sendWaiting(): void {
    const process = this.process;
    if (process === null || !process.isReady) return;
    const all = [...this.tasks.values()];
    const suspect = all.find((task) => task.suspect);
    if (suspect !== undefined && all.some((task) => task.sent)) return;
    for (const task of suspect === undefined ? all : [suspect]) {
      if (task.sent) continue;
      task.sent = true;
      process.post({ type: 'call', id: task.id, name: task.name, input: task.input });
      if (task.action !== null) process.post({ type: 'control', id: task.id, action: task.action });
    }
  }

  private receive(message: CallMessage): void {
    const task = this.tasks.get(message.id);
    if (task === undefined || !task.sent) return;
    if (message.type === 'event') {
      if (task.options.restart?.isProgress(message.event as never)) {
        task.deaths = 0;
        this.endsInRow = 0;
      }
      task.options.onEvent?.(message.event as never);
      return;
    }
    this.endsInRow = 0;
    if (task.cancelled) this.settle(task, { error: cancelledError() });
    else if (message.type === 'result') this.settle(task, { output: message.output });
    else this.settle(task, { error: fromErrorData(message.error) });
    this.sendWaiting();
  }

  /** A new process takes the place of one that is idle and holds much memory. */
  private idle(residentBytes: number): void {
    if (this.tasks.size > 0 || residentBytes <= this.limits.idleBytes) return;
    this.process?.close(
      `The idle ${this.lane} engine held ${(residentBytes / 1e9).toFixed(1)} GB and is replaced.`,
    );
  }

  private settle(task: Task, outcome: { output: unknown } | { error: unknown }): void {
    this.tasks.delete(task.id);
    if (task.grace !== null) clearTimeout(task.grace);
    if ('error' in outcome) task.reject(outcome.error);
    else task.resolve(outcome.output);
  }

  private cancel(task: Task): void {
    if (!this.tasks.has(task.id) || task.cancelled) return;
    task.cancelled = true;
    if (!task.sent) {
      this.settle(task, { error: cancelledError() });
      return;
    }
    this.process?.post({ type: 'cancel', id: task.id });
    task.grace = setTimeout(() => {
      this.log('warn', `Call "${task.name}" did not react to being cancelled; its process is ended.`);
      this.process?.kill('killed', 'The engine was ended because a cancelled call did not stop.');
    }, this.limits.cancelMilliseconds);
  }

  private ended(end: EngineEnd): void {
    this.process = null;
    if (this.disposing !== null) {
      this.disposing.finish();
      return;
    }
    if (end.cause === 'closed') {
      this.log('info', end.error.message);
      this.startProcess();
      return;
    }
    this.log(end.cause === 'killed' ? 'warn' : 'error', `${end.error.message} ${end.error.details ?? ''}`);
    const sent = [...this.tasks.values()].filter((task) => task.sent);
    for (const task of sent) task.sent = false;
    if (end.cause === 'not-started') this.startFailed(end.error);
    else if (end.cause === 'killed') this.endsInRow = 0;
    else this.endsInRow++;
    const alone = sent.length === 1;
    for (const task of sent) {
      if (task.cancelled) this.settle(task, { error: cancelledError() });
      else if (end.cause === 'killed') this.sendAgain(task, end.error);
      else if (task.options.restart !== undefined) this.countDeath(task, end.error);
      else if (alone) this.settle(task, { error: end.error });
      else task.suspect = true;
    }
    if (this.tasks.size > 0) this.ensureProcess();
  }

  private startFailed(error: DriftcastError): void {
    this.failedStarts++;
    this.endsInRow++;
    if (this.failedStarts < this.limits.maxDeaths) return;
    this.failedStarts = 0;
    this.endsInRow = 0;
    for (const task of [...this.tasks.values()]) this.settle(task, { error });
  }

  private sendAgain(task: Task, error: DriftcastError): void {
    const restart = task.options.restart;
    if (restart === undefined) return;
    task.input = restart.input(task.input as never);
    restart.onRestart?.(error, task.deaths);
  }

  private countDeath(task: Task, error: DriftcastError): void {
    task.deaths++;
    if (task.deaths < this.limits.maxDeaths) {
      this.sendAgain(task, error);
      return;
    }
    const times = `${this.limits.maxDeaths} times in a row`;
    this.settle(task, {
      error: new DriftcastError(
        error.code,
        `The engine died ${times} without getting any further, so the work was stopped. ${error.message}`,
        error.hint,
        error.details === undefined ? {} : { details: error.details },
      ),
    });
  }
}

function withResolvers(): {
  promise: Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
