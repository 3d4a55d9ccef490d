/** `driftcast label`: a name, tags and a note for a dataset, a run or a forecast, as the Library shows them. */
import { parseTags } from '#shared/domain/label.ts';
import { DriftcastError } from '#shared/errors.ts';
import { findNamed } from '../names.ts';
import { oneOf } from '../parse/numbers.ts';
import { addVerb, type Common, type Verbs, withService } from '../verb.ts';

const kinds = ['dataset', 'run', 'forecast'] as const;
type Kind = (typeof kinds)[number];

interface Options extends Common {
  name?: string;
  tags?: string;
  note?: string;
}

export function registerLabel(verbs: Verbs): void {
  addVerb(verbs.program, 'label', 'Rename a dataset, a run or a forecast, or give it tags and a note')
    .argument('<what>', `one of ${kinds.join(', ')}`, oneOf('label', kinds))
    .argument('<name>', 'its id or name')
    .option('--name <text>', 'what it is called from now on')
    .option('--tags <list>', 'tags instead of those it has, such as "baseline, figure 3"; "" takes them away')
    .option('--note <text>', 'a note instead of the one it has')
    .action((kind: Kind, name: string, options: Options) =>
      withService(verbs, options, async (session) => {
        const { client } = session;
        if (options.name === undefined && options.tags === undefined && options.note === undefined)
          throw new DriftcastError(
            'bad-input',
            'Nothing was given to change.',
            'Add --name, --tags or --note.',
          );
        const lists = { dataset: client.datasets, run: client.runs, forecast: client.forecasts };
        const { id } = findNamed<{ id: string; name: string; created: string }>(
          kind,
          name,
          await lists[kind].list(),
        );
        const label = await client.library.label({
          kind,
          id,
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.tags === undefined ? {} : { tags: parseTags(options.tags) }),
          ...(options.note === undefined ? {} : { note: options.note }),
        });
        session.output.answer({ kind, id, ...label }, () =>
          [
            `${kind} ${id} is called ${label.name}`,
            `tags: ${label.tags.join(', ') || 'none'}`,
            `note: ${label.note || 'none'}`,
          ].join('\n'),
        );
        return undefined;
      }),
    );
}
