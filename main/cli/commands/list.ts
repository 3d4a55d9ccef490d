/** `driftcast list`: what the workspace keeps, with the names and ids that the other verbs take. */
import { oneOf } from '../parse/numbers.ts';
import { date, number } from '../print/format.ts';
import { type Column, table } from '../print/table.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';

const kinds = ['datasets', 'runs', 'forecasts'] as const;
type Kind = (typeof kinds)[number];

export function registerList(verbs: Verbs): void {
  addVerb(verbs.program, 'list', 'List the datasets, runs and forecasts of the workspace')
    .argument('[what]', `one of ${kinds.join(', ')}; all of them when left out`, oneOf('list', kinds))
    .option('--tag <tag>', 'only what has this tag')
    .action((what: Kind | undefined, options: Common & { tag?: string }) =>
      withService(verbs, options, async (session) => {
        const wanted = what === undefined ? kinds : [what];
        const parts: Record<string, unknown> = {};
        const texts: string[] = [];
        for (const kind of wanted) {
          const part = await listing[kind](session, options.tag);
          parts[kind] = part.rows;
          texts.push(part.rows.length === 0 ? none(kind, options.tag) : part.text());
        }
        session.output.answer(parts, () => texts.join('\n\n'));
        return undefined;
      }),
    );
}

interface Listing {
  rows: readonly unknown[];
  text(): string;
}

const none = (kind: Kind, tag?: string) =>
  tag === undefined ? `No ${kind} yet.` : `No ${kind} tagged ${tag}.`;

type Tagged = { tags?: string[] | undefined };
const tagged = <Row extends Tagged>(rows: readonly Row[], tag?: string): readonly Row[] =>
  tag === undefined ? rows : rows.filter((row) => row.tags?.includes(tag));
/** A column only where there is anything in it. */
const tagColumn = <Row extends Tagged>(rows: readonly Row[]): Column<Row>[] =>
  rows.some(({ tags = [] }) => tags.length > 0)
    ? [{ title: 'tags', value: ({ tags = [] }) => tags.join(', ') }]
    : [];

const listing: Record<Kind, (session: Session, tag?: string) => Promise<Listing>> = {
  async datasets({ client }, tag) {
    const rows = tagged(await client.datasets.list(), tag);
    return {
      rows,
      text: () =>
        table(rows, [
          { title: 'dataset', value: (row) => row.name },
          { title: 'id', value: (row) => row.id },
          { title: 'variables', value: (row) => row.settings.variables.join(', ') },
          { title: 'grid', value: (row) => `${row.summary.height} × ${row.summary.width}` },
          { title: 'times', value: (row) => `${row.summary.times} × ${row.summary.step}` },
          { title: 'horizon', value: (row) => String(row.settings.horizon), right: true },
          ...tagColumn(rows),
        ]),
    };
  },
  async runs({ client }, tag) {
    const rows = tagged(await client.runs.list(), tag);
    return {
      rows,
      text: () =>
        table(rows, [
          { title: 'run', value: (row) => row.name },
          { title: 'id', value: (row) => row.id },
          { title: 'dataset', value: (row) => row.dataset },
          { title: 'method', value: (row) => row.settings.method },
          { title: 'preset', value: (row) => row.preset },
          { title: 'status', value: (row) => row.status },
          { title: 'epochs', value: (row) => String(row.epochs), right: true },
          { title: 'best CRPS (normalised)', value: (row) => number(row.bestValidationCrps), right: true },
          ...tagColumn(rows),
        ]),
    };
  },
  async forecasts({ client }, tag) {
    const rows = tagged(await client.forecasts.list(), tag);
    return {
      rows,
      text: () =>
        table(rows, [
          { title: 'forecast', value: (row) => row.name },
          { title: 'id', value: (row) => row.id },
          { title: 'run', value: (row) => row.run },
          { title: 'members', value: (row) => String(row.members), right: true },
          { title: 'starts', value: (row) => String(row.starts.length), right: true },
          { title: 'first start', value: (row) => date(row.starts[0]?.date ?? '–') },
          { title: 'leads', value: (row) => row.leads.map((lead) => number(lead)).join(' ') },
          ...tagColumn(rows),
        ]),
    };
  },
};
