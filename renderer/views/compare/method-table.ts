/** The table of methods as numbers: its columns, its order, and what goes into a spreadsheet. */
import { type ScoredMethod, type ScoreName, scoreOf } from '#shared/domain/scores.ts';
import type { Table } from '../../charts/chart.ts';
import { formatUnits, squaredUnits } from '../../text/numbers.ts';

export interface MethodColumn {
  name: ScoreName;
  title: string;
  units: string;
  hint: string;
}

/** @param paper the paper's estimators instead of the unbiased ones */
export function methodColumns(units: string, paper: boolean): MethodColumn[] {
  return [
    {
      name: paper ? 'paperCrps' : 'fairCrps',
      title: paper ? 'CRPS (paper)' : 'fair CRPS',
      units: formatUnits(units),
      hint: `Continuous ranked probability score, ${paper ? 'biased estimate as in the paper' : 'fair estimate'}: lower is better`,
    },
    paper
      ? {
          name: 'mse',
          title: 'MSE',
          units: squaredUnits(units),
          hint: 'Mean squared error of the ensemble mean',
        }
      : {
          name: 'rmse',
          title: 'RMSE',
          units: formatUnits(units),
          hint: 'Root mean square error of the ensemble mean',
        },
    {
      name: paper ? 'paperSsr' : 'correctedSsr',
      title: paper ? 'SSR (paper)' : 'SSR',
      units: '',
      hint: `Spread–skill ratio, ${paper ? 'uncorrected as in the paper' : 'corrected for ensemble size'}: 1 is reliable, below 1 too little spread`,
    },
  ];
}

export type SortKey = ScoreName | 'title' | 'seconds';
export interface Sorting {
  key: SortKey;
  descending: boolean;
}

/** What is not known comes last, whichever way the others are sorted; the rest of the order stays. */
export function sortMethods<Method extends ScoredMethod>(
  methods: readonly Method[],
  sorting: Sorting | null,
): Method[] {
  if (sorting === null) return [...methods];
  const { key, descending } = sorting;
  const readingOf = (method: Method): string | number | null =>
    key === 'title'
      ? method.title
      : key === 'seconds'
        ? (method.cost?.seconds ?? null)
        : scoreOf(method.scores.overall, key);
  return [...methods].sort((a, b) => {
    const [first, second] = [readingOf(a), readingOf(b)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    const order = typeof first === 'string' ? first.localeCompare(String(second)) : first - Number(second);
    return descending ? -order : order;
  });
}

/** A row a method, each score with the ends of its interval. */
export function methodRows(methods: readonly ScoredMethod[], columns: readonly MethodColumn[]): Table {
  const heads = columns.flatMap(({ title, units }) => {
    const name = units ? `${title}, ${units}` : title;
    return [name, `${name}: low`, `${name}: high`];
  });
  return {
    columns: ['method', ...heads, 'seconds', 'network calls'],
    rows: methods.map(({ title, scores, cost }) => [
      title,
      ...columns.flatMap(({ name }) => {
        const interval = scores.intervals?.overall[name];
        return [scoreOf(scores.overall, name), interval?.low ?? null, interval?.high ?? null];
      }),
      cost?.seconds ?? null,
      cost?.networkCalls ?? null,
    ]),
  };
}
