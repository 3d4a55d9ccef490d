/** Scores as comma-separated values, the same text from the window's download and from the command line. */
import type { ScoredMethod } from '#shared/domain/scores.ts';

/** One row a method and lead time, `overall` in place of the lead for all of them. */
export function scoresCsv(methods: readonly ScoredMethod[]): string {
  const header =
    'method,lead,members,starts,units,fair_crps,corrected_ssr,mse,rmse,paper_crps,paper_ssr,paper_mse';
  const lines = methods.flatMap(({ method, scores }) =>
    [{ lead: 'overall', ...scores.overall }, ...scores.byLead].map((set) =>
      [
        quote(method),
        set.lead,
        scores.members,
        scores.starts,
        quote(scores.units),
        set.fairCrps,
        set.correctedSsr ?? '',
        set.mse,
        set.rmse,
        set.paper.crps,
        set.paper.ssr ?? '',
        set.paper.mse,
      ].join(','),
    ),
  );
  return `${[header, ...lines].join('\n')}\n`;
}

function quote(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
