/** Scores as comma-separated values, the same text from the window's download and from the command line. */
import { csvOf } from '#shared/csv.ts';
import type { ScoredMethod } from '#shared/domain/scores.ts';

const columns =
  'method,lead,members,starts,units,fair_crps,corrected_ssr,mse,rmse,paper_crps,paper_ssr,paper_mse'.split(
    ',',
  );

/** One row a method and lead time, `overall` in place of the lead for all of them. */
export function scoresCsv(methods: readonly ScoredMethod[]): string {
  const rows = methods.flatMap(({ method, scores }) =>
    [{ lead: 'overall', ...scores.overall }, ...scores.byLead].map((set) => [
      method,
      set.lead,
      scores.members,
      scores.starts,
      scores.units,
      set.fairCrps,
      set.correctedSsr,
      set.mse,
      set.rmse,
      set.paper.crps,
      set.paper.ssr,
      set.paper.mse,
    ]),
  );
  return csvOf([columns, ...rows]);
}
