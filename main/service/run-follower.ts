/** Follows a run that another Driftcast trains in the same workspace, by what that one writes to disk. */
import type { Entities } from '#main/workspace/entities.ts';
import type { RunEvent } from '#shared/contract/index.ts';
import type { EventStream } from './events.ts';

const everyMilliseconds = 1000;

/** Pushes new epochs and changes of status into the stream until the run rests or the listener stops. */
export function followRunOnDisk(
  entities: Entities,
  id: string,
  stream: EventStream<RunEvent>,
  knownEpochs: number,
): void {
  let known = knownEpochs;
  let reading = false;
  const timer = setInterval(async () => {
    if (reading) return;
    reading = true;
    try {
      const [run, metrics] = [await entities.runs.read(id), await entities.metrics(id)];
      for (const line of metrics.slice(known)) stream.push({ kind: 'epoch', metrics: line });
      if (metrics.length !== known) stream.push({ kind: 'run', run });
      known = metrics.length;
      if (run.status === 'training' || run.status === 'queued') return;
      stream.push({ kind: 'run', run });
      clearInterval(timer);
    } catch {
      // Deleted meanwhile, or just being replaced: the next look decides.
    } finally {
      reading = false;
    }
  }, everyMilliseconds);
  timer.unref();
  stream.onEnd(() => clearInterval(timer));
}
