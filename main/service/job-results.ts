/** Answers of finished jobs that are read by the job's id, for as long as Driftcast runs. */
import { assertNever, DriftcastError, fromErrorData } from '#shared/errors.ts';
import type { JobRegistry } from './job-registry.ts';

const kept = 50;

export class JobResults<Value> {
  private readonly values = new Map<string, Value>();
  private readonly jobs: JobRegistry;

  constructor(jobs: JobRegistry) {
    this.jobs = jobs;
  }

  set(job: string, value: Value): void {
    this.values.set(job, value);
    if (this.values.size > kept) {
      const [oldest] = this.values.keys();
      if (oldest !== undefined) this.values.delete(oldest);
    }
  }

  /** @throws DriftcastError `not-found`, `conflict` while the job runs, or the error that the job ended with. */
  get(id: string): Value {
    const value = this.values.get(id);
    if (value !== undefined) return value;
    const job = this.jobs.get(id);
    switch (job.status) {
      case 'queued':
      case 'running':
      case 'cancelling':
        throw new DriftcastError('conflict', `${job.title} is not done yet.`, 'Wait until it is.');
      case 'failed':
        throw job.error === null ? this.none(job.title) : fromErrorData(job.error);
      case 'cancelled':
        throw new DriftcastError('cancelled', `${job.title} was cancelled.`, 'Start it again.');
      case 'done':
        throw this.none(job.title);
      default:
        return assertNever(job.status);
    }
  }

  private none(title: string): DriftcastError {
    return new DriftcastError('not-found', `${title} has no such answer.`, 'Start it again.');
  }
}
