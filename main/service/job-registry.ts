/** Long work as everyone sees it: every job that runs or ran, its progress as events, its end as data. */
import { randomBytes } from 'node:crypto';
import type { StepEvent } from '#main/engine/protocol.ts';
import type { Job, JobKind } from '#shared/domain/job.ts';
import { DriftcastError, toErrorData } from '#shared/errors.ts';
import { Broadcast, EventStream } from './events.ts';
import { Turnstile } from './turnstile.ts';

export interface JobSpec {
  kind: JobKind;
  title: string;
  /** The dataset, run or forecast it makes or is about. */
  subject: string | null;
}

/** What the work of a job may do with its job. */
export interface JobContext {
  readonly id: string;
  /** Aborts when someone cancels the job. */
  readonly signal: AbortSignal;
  /** Waits until no other job of the kind runs; the job is `queued` until then. The turn ends with the job. */
  turn(kind: string): Promise<void>;
  update(change: Partial<Pick<Job, 'fraction' | 'message' | 'secondsLeft'>>): void;
  /** Shows an engine call's step, with time left reckoned from its fraction. */
  step(event: StepEvent): void;
}

/** How the job ended when it did not simply get done. */
// biome-ignore lint/suspicious/noConfusingVoidType: work that answers nothing is the usual case
export type JobOutcome = { status: 'cancelled'; message: string } | void;

interface Entry {
  job: Job;
  abort: AbortController;
  done: Promise<void>;
  changed: number;
  timer: NodeJS.Timeout | null;
}

const endedStatuses: readonly Job['status'][] = ['done', 'failed', 'cancelled'];
/** Progress of one job is told at most this often, milliseconds; changes of status at once. */
const shortestInterval = 100;
const keptJobs = 200;

export class JobRegistry {
  private readonly entries = new Map<string, Entry>();
  private readonly changes = new Broadcast<Job>((job) => job.id);
  private readonly turnstile = new Turnstile();
  private readonly onFailure: (job: Job, thrown: unknown) => void;

  constructor(onFailure: (job: Job, thrown: unknown) => void) {
    this.onFailure = onFailure;
  }

  /** Starts work in the background. What it throws becomes the job's error. */
  start(spec: JobSpec, work: (context: JobContext) => Promise<JobOutcome>): string {
    const id = `${spec.kind}-${randomBytes(5).toString('hex')}`;
    const entry: Entry = {
      job: {
        id,
        ...spec,
        status: 'queued',
        fraction: null,
        message: '',
        secondsLeft: null,
        started: new Date().toISOString(),
        ended: null,
        error: null,
      },
      abort: new AbortController(),
      done: Promise.resolve(),
      changed: 0,
      timer: null,
    };
    this.entries.set(id, entry);
    this.tell(entry);
    entry.done = this.run(entry, work);
    this.forgetOld();
    return id;
  }

  list(): Job[] {
    return [...this.entries.values()].map(({ job }) => job);
  }

  get(id: string): Job {
    return this.entry(id).job;
  }

  /** Resolves when the job has ended, however. */
  async ended(id: string): Promise<Job> {
    const entry = this.entry(id);
    await entry.done;
    return entry.job;
  }

  /** Whether a job that is not over is about this dataset, run or forecast. */
  isBusy(subject: string): boolean {
    return this.list().some((job) => job.subject === subject && job.ended === null);
  }

  /** The job now and at every change until it has ended. */
  watch(id: string, signal?: AbortSignal): EventStream<Job> {
    const { job } = this.entry(id);
    const stream = new EventStream<Job>((event) => event.id).endOn(signal);
    stream.push(job);
    if (job.ended !== null) {
      stream.end();
      return stream;
    }
    const source = this.changes.subscribe();
    stream.onEnd(() => void source.return());
    void (async () => {
      for await (const event of source) {
        if (event.id !== id) continue;
        stream.push(event);
        if (event.ended !== null) stream.end();
      }
      stream.end();
    })();
    return stream;
  }

  watchAll(signal?: AbortSignal): EventStream<Job> {
    return this.changes.subscribe(signal);
  }

  /** Asks the job to stop; one that has ended is left as it is. */
  cancel(id: string): void {
    const entry = this.entry(id);
    if (entry.job.ended !== null || entry.abort.signal.aborted) return;
    this.change(entry, { status: 'cancelling', message: 'Stopping' });
    entry.abort.abort();
  }

  /** Cancels everything and waits until it has ended. */
  async close(): Promise<void> {
    const open = [...this.entries.values()].filter(({ job }) => job.ended === null);
    for (const entry of open) this.cancel(entry.job.id);
    await Promise.all(open.map((entry) => entry.done));
    this.changes.close();
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    if (entry !== undefined) return entry;
    throw new DriftcastError(
      'not-found',
      `There is no job "${id}".`,
      'Jobs are forgotten when Driftcast is closed; what they made is kept.',
    );
  }

  private async run(entry: Entry, work: (context: JobContext) => Promise<JobOutcome>): Promise<void> {
    const turns: (() => void)[] = [];
    let runningSince = Date.now();
    const begin = (): void => {
      runningSince = Date.now();
      if (entry.job.status === 'queued') this.change(entry, { status: 'running' });
    };
    const context: JobContext = {
      id: entry.job.id,
      signal: entry.abort.signal,
      turn: async (kind) => {
        turns.push(await this.turnstile.enter(kind, entry.abort.signal));
        begin();
      },
      update: (change) => this.change(entry, change),
      step: ({ fraction, message }) => {
        const elapsed = (Date.now() - runningSince) / 1000;
        const secondsLeft =
          fraction !== null && fraction > 0.02 && elapsed > 1 ? (elapsed * (1 - fraction)) / fraction : null;
        this.change(entry, { fraction, message, secondsLeft });
      },
    };
    let end: Partial<Job>;
    try {
      const outcome = await work(context);
      end = outcome ?? { status: 'done', fraction: 1 };
    } catch (thrown) {
      const error = toErrorData(thrown);
      if (error.code === 'cancelled') end = { status: 'cancelled', message: 'Cancelled' };
      else {
        end = { status: 'failed', message: error.message, error };
        this.onFailure(entry.job, thrown);
      }
    }
    for (const leave of turns) leave();
    this.change(entry, { ...end, secondsLeft: null, ended: new Date().toISOString() });
  }

  private change(entry: Entry, change: Partial<Job>): void {
    if (entry.job.ended !== null) return;
    const status = entry.job.status;
    entry.job = { ...entry.job, ...change };
    const urgent = entry.job.status !== status || entry.job.ended !== null;
    const wait = entry.changed + shortestInterval - Date.now();
    if (urgent || wait <= 0) this.tell(entry);
    else entry.timer ??= setTimeout(() => this.tell(entry), wait);
  }

  private tell(entry: Entry): void {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.changed = Date.now();
    this.changes.publish(entry.job);
  }

  private forgetOld(): void {
    const ended = this.list().filter((job) => endedStatuses.includes(job.status));
    for (const job of ended.slice(0, Math.max(0, ended.length - keptJobs))) this.entries.delete(job.id);
  }
}
