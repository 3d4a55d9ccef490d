/** What a run's epochs add up to: reckoned from their metrics, because these outlive a crash and run.json may lag. */
import type { EpochMetrics, Run } from '#shared/domain/run.ts';

/** Names an epoch within its run; a repeated epoch replaces the one before. */
export function epochKey({ stage, epoch }: EpochMetrics): string {
  return `${stage} ${epoch}`;
}

/** Epochs and seconds of both stages, and the best validation score (fair CRPS, normalised units). */
export function tally(
  metrics: readonly EpochMetrics[],
): Pick<Run, 'epochs' | 'seconds' | 'bestValidationCrps'> & { stage: Run['stage'] } {
  const scores = metrics.flatMap(({ validationCrps }) => (validationCrps === null ? [] : [validationCrps]));
  return {
    stage: metrics.at(-1)?.stage ?? null,
    epochs: metrics.length,
    seconds: metrics.reduce((sum, { seconds }) => sum + seconds, 0),
    bestValidationCrps: scores.length === 0 ? null : Math.min(...scores),
  };
}
