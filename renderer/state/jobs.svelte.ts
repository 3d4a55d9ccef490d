/** Every long task the service runs, kept up to date from its event stream. */
import type { Job } from '#shared/domain/job.ts';
import type { ContractClient } from '../contract/connection.svelte.ts';

const endedStatuses = new Set<Job['status']>(['done', 'failed', 'cancelled']);

export function hasEnded(job: Job): boolean {
  return endedStatuses.has(job.status);
}

export class Jobs {
  readonly #client: ContractClient;
  readonly #ended: (job: Job) => void;
  #jobs = $state.raw<readonly Job[]>([]);
  #waiting = new Map<string, ((job: Job) => void)[]>();
  #watch: AbortController | null = null;

  /** @param ended told once of every job that ends while the window is open */
  constructor(client: ContractClient, ended: (job: Job) => void) {
    this.#client = client;
    this.#ended = ended;
  }

  get running(): readonly Job[] {
    return this.#jobs.filter((job) => !hasEnded(job));
  }

  find(id: string): Job | null {
    return this.#jobs.find((job) => job.id === id) ?? null;
  }

  /** The job that is making this dataset, run or forecast now. */
  ofSubject(subject: string): Job | null {
    return this.running.find((job) => job.subject === subject) ?? null;
  }

  cancel(id: string): Promise<unknown> {
    return this.#client.jobs.cancel({ job: id });
  }

  /** Resolves with the job once it has ended, however it ended. */
  end(id: string): Promise<Job> {
    const job = this.find(id);
    if (job && hasEnded(job)) return Promise.resolve(job);
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(id) ?? [];
      this.#waiting.set(id, [...waiting, resolve]);
      // The job may have ended before its events were watched.
      this.#client.jobs.get({ job: id }).then(
        (now) => this.#take(now),
        () => {},
      );
    });
  }

  /** (Re)starts the stream: first what there is, then every change. */
  async start(): Promise<void> {
    this.#watch?.abort();
    const watch = new AbortController();
    this.#watch = watch;
    const changes = await this.#client.jobs.watchAll(undefined, { signal: watch.signal });
    for (const job of await this.#client.jobs.list()) this.#take(job, true);
    for await (const job of changes) {
      if (watch.signal.aborted) return;
      this.#take(job);
    }
  }

  #take(job: Job, first = false): void {
    const known = this.find(job.id);
    this.#jobs = known
      ? this.#jobs.map((other) => (other.id === job.id ? job : other))
      : [...this.#jobs, job];
    if (!hasEnded(job)) return;
    for (const resolve of this.#waiting.get(job.id) ?? []) resolve(job);
    this.#waiting.delete(job.id);
    const ranBefore = known !== null && !hasEnded(known);
    if (ranBefore || (known === null && !first)) this.#ended(job);
  }
}
