/** Long work seen from a terminal: progress while it runs, a clean end on Ctrl-C, its error as an error. */
import type { Job } from '#shared/domain/job.ts';
import { DriftcastError, fromErrorData } from '#shared/errors.ts';
import type { Session } from './verb.ts';

export interface FollowOptions {
  /** What Ctrl-C asks for; cancelling the job unless said otherwise. */
  interrupt?: () => Promise<unknown>;
  /** Draws a step itself, e.g. because it knows more than the job does. */
  show?: (job: Job) => void;
}

/**
 * Follows a job to its end.
 * @throws the job's own error when it failed, `cancelled` when it was cancelled
 */
export async function followJob(session: Session, id: string, options: FollowOptions = {}): Promise<Job> {
  const { client, output, environment } = session;
  output.progress.restart();
  let problem: unknown = null;
  const forget = environment.onInterrupt(() => {
    output.note('Stopping; press Ctrl-C again to leave at once.');
    const asked = options.interrupt?.() ?? client.jobs.cancel({ job: id });
    asked.catch((thrown: unknown) => {
      problem = thrown;
    });
  });
  try {
    let job: Job | null = null;
    for await (const change of await client.jobs.watch({ job: id })) {
      job = change;
      if (options.show) options.show(change);
      // How a job failed is told once, by whoever catches it.
      else if (change.status !== 'failed') output.progress.show(change);
      if (change.ended !== null) break;
    }
    job = job?.ended ? job : await client.jobs.get({ job: id });
    if (job.status === 'failed' && job.error) throw fromErrorData(job.error);
    if (job.status === 'cancelled') {
      throw job.error
        ? fromErrorData(job.error)
        : new DriftcastError('cancelled', `${job.title} was cancelled.`, 'Nothing half-made was kept.');
    }
    if (problem !== null) throw problem;
    return job;
  } finally {
    forget();
    output.progress.clear();
  }
}
