/** How methods look in charts, the same in every chart: the run first, references each with a dash of its own. */
import { type ScoredMethod, type ScoreName, type ScoreSet, scoreOf } from '#shared/domain/scores.ts';
import type { Band, Line } from '../../charts/chart.ts';
import { methodTitle } from '../../text/names.ts';
import type { TermName } from '../../text/terms.ts';

const own = { colour: '--accent', width: 2.5 };
const references: Readonly<Record<string, Pick<Line, 'colour' | 'width' | 'dash'>>> = {
  'anomaly-persistence': { colour: '--validation', width: 1.5 },
  climatology: { colour: '--soft', dash: [2, 3], width: 1.5 },
  persistence: { colour: '--soft', dash: [6, 4], width: 1.5 },
};

export function lookOf(method: ScoredMethod, at: number): Pick<Line, 'colour' | 'width' | 'dash'> {
  return at === 0 ? own : (references[method.method] ?? { colour: '--validation', width: 1.5 });
}

/** What can be drawn by lead, in its fair form; some have one of the paper too. Each with its entry in the glossary. */
export const leadScores = {
  crps: {
    title: 'CRPS',
    fair: 'fairCrps',
    paper: 'paperCrps',
    units: true,
    hint: 'lower is better',
    term: 'crps',
  },
  rmse: {
    title: 'RMSE of the mean',
    fair: 'rmse',
    paper: 'rmse',
    units: true,
    hint: 'lower is better',
    term: 'rmse',
  },
  ssr: {
    title: 'Spread–skill ratio',
    fair: 'correctedSsr',
    paper: 'paperSsr',
    units: false,
    hint: '1 is reliable',
    term: 'spreadskill-ratio',
  },
  acc: {
    title: 'Anomaly correlation',
    fair: 'acc',
    paper: 'acc',
    units: false,
    hint: 'higher is better',
    term: 'anomaly-correlation',
  },
  coverage: {
    title: 'Truth in the 90 % interval',
    fair: 'coverage90',
    paper: 'coverage90',
    units: false,
    hint: '0.9 is reliable',
    term: 'reliability-of-intervals',
  },
} as const satisfies Record<
  string,
  { title: string; fair: ScoreName; paper: ScoreName; units: boolean; hint: string; term: TermName }
>;
export type LeadScore = keyof typeof leadScores;

/** A score's name with its estimator said: "Fair CRPS", "CRPS as in the paper". */
export function scoreTitle(score: LeadScore, paper: boolean): string {
  const { title, fair, paper: published } = leadScores[score];
  if (fair === published) return title;
  if (paper) return `${title} as in the paper`;
  return score === 'crps' ? `Fair ${title}` : `Corrected ${title.toLowerCase()}`;
}

/** A curve a method, with the interval of each as a band between two silent lines. */
export function leadLines(
  methods: readonly ScoredMethod[],
  name: ScoreName,
): { x: number[]; lines: Line[]; bands: Band[]; level: number | null } {
  const x = methods[0]?.scores.byLead.map(({ lead }) => lead) ?? [];
  const lines: Line[] = [];
  const bounds: { low: Line; high: Line; colour: string; opacity: number }[] = [];
  let level: number | null = null;
  for (const [at, method] of methods.entries()) {
    const { byLead, intervals } = method.scores;
    const place = new Map(byLead.map((set, index) => [set.lead, index]));
    const read = (pick: (set: ScoreSet, index: number) => number | null) =>
      x.map((lead) => {
        const index = place.get(lead);
        return index === undefined ? null : pick(byLead[index]!, index);
      });
    const values = read((set) => scoreOf(set, name));
    if (values.every((value) => value === null)) continue;
    const look = lookOf(method, at);
    const label = methodTitle(method.title);
    const line: Line = { label, ...look, values, points: x.length < 2 };
    lines.push(line);
    if (!intervals) continue;
    level = intervals.level;
    line.intervals = x.map((lead) => intervals.byLead[place.get(lead) ?? -1]?.[name] ?? null);
    const edge = (side: 'low' | 'high'): Line => ({
      label: `${label}, ${side} end of its interval`,
      colour: look.colour,
      width: 0,
      silent: true,
      values: read((_, index) => intervals.byLead[index]?.[name]?.[side] ?? null),
    });
    bounds.push({
      low: edge('low'),
      high: edge('high'),
      colour: look.colour,
      opacity: at === 0 ? 0.24 : 0.1,
    });
  }
  const bands = bounds.map(({ colour, opacity }, index): Band => {
    const upper = lines.length + 2 * index + 1;
    const label = index === 0 && level !== null ? `${Math.round(100 * level)} % interval` : null;
    return { upper, lower: upper - 1, colour, opacity, ...(label ? { label } : {}) };
  });
  return { x, lines: [...lines, ...bounds.flatMap(({ low, high }) => [low, high])], bands, level };
}
