/**
 * Watches a training run to its end: epochs as lines, steps as progress, Ctrl-C as a pause. Two streams are
 * followed at once, the job (is it over, and why?) and the run (what happened in it?), and what the second
 * had not yet said when the first ended is read from the metrics on disk.
 */
import type { RunEvent } from '#shared/contract/index.ts';
import type { EpochMetrics, Run } from '#shared/domain/run.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from './jobs.ts';
import { counted, duration, score } from './print/format.ts';
import type { Session } from './verb.ts';

/**
 * @param known epochs of an earlier part of the run, which are not printed again
 * @throws `cancelled` when the run was paused, with how to go on
 */
export async function trainToEnd(
  session: Session,
  started: { job: string; run: string },
  known: readonly EpochMetrics[] = [],
): Promise<Run> {
  const { client, output } = session;
  const seen = new Set(known.map(key));
  const printEpoch = (metrics: EpochMetrics) => {
    if (seen.has(key(metrics))) return;
    seen.add(key(metrics));
    output.line({ kind: 'epoch', ...metrics }, () => epochLine(metrics));
  };
  const stop = new AbortController();
  const watching = watch(session, started.run, stop.signal, printEpoch);
  try {
    await followJob(session, started.job, {
      interrupt: () => client.runs.pause({ run: started.run }),
      show: () => {},
    });
  } catch (thrown) {
    const { status } = await client.runs.get({ run: started.run });
    if (status !== 'paused') throw thrown;
  } finally {
    stop.abort();
    await watching;
    for (const metrics of await client.runs.metrics({ run: started.run })) printEpoch(metrics);
  }
  const run = await client.runs.get({ run: started.run });
  if (run.status === 'paused') {
    throw new DriftcastError(
      'cancelled',
      `Training of ${run.name} was paused after ${counted(run.epochs, 'epoch')}; its last checkpoint is kept.`,
      `Go on with: driftcast train --resume ${run.id}`,
    );
  }
  return run;
}

/** Never fails: the job says how training ended, this only says what happened. */
async function watch(
  session: Session,
  run: string,
  signal: AbortSignal,
  printEpoch: (metrics: EpochMetrics) => void,
): Promise<void> {
  const began = session.environment.now();
  const elapsed = () => (session.environment.now() - began) / 1000;
  const ended = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  try {
    const events = await session.client.runs.watch({ run }, { signal });
    while (true) {
      // The stream has no end of its own while the run could go on: the job's end is the end.
      const next = await Promise.race([events.next(), ended]);
      if (next === null || next.done) return;
      const event = next.value;
      if (event.kind === 'epoch') printEpoch(event.metrics);
      else if (event.kind === 'note') session.output.note(event.message);
      else if (event.kind === 'progress') session.output.progress.show(step(event, elapsed()));
    }
  } catch (thrown) {
    if (!signal.aborted) session.output.note(`The course of training cannot be followed: ${String(thrown)}`);
  }
}

/** By time where the time left is known, because a stage may end by its time limit long before its last epoch. */
function step(event: Extract<RunEvent, { kind: 'progress' }>, elapsedSeconds: number) {
  const loss = event.loss === null ? '' : `, loss ${score(event.loss)}`;
  const byEpochs = (event.epoch - 1 + event.step / Math.max(1, event.steps)) / Math.max(1, event.epochs);
  const left = event.secondsLeft;
  const done = left === null ? byEpochs : elapsedSeconds / Math.max(1e-9, elapsedSeconds + left);
  return {
    fraction: Math.min(1, Math.max(0, done)),
    message: `${event.stage} epoch ${event.epoch}/${event.epochs}, step ${event.step}/${event.steps}${loss}`,
    secondsLeft: event.secondsLeft,
  };
}

function epochLine(metrics: EpochMetrics): string {
  const parts = [
    `${metrics.stage.padEnd(12)} epoch ${String(metrics.epoch).padStart(4)}`,
    `loss ${score(metrics.loss)}`,
  ];
  if (metrics.validationLoss !== null) parts.push(`validation ${score(metrics.validationLoss)}`);
  if (metrics.validationCrps !== null) parts.push(`CRPS ${score(metrics.validationCrps)}`);
  parts.push(duration(metrics.seconds));
  return parts.join('  ');
}

function key(metrics: EpochMetrics): string {
  return `${metrics.stage} ${metrics.epoch} ${metrics.loss}`;
}
