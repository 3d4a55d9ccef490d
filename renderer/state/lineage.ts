/** Where something in the workspace came from, and what was made of it. */
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { Run } from '#shared/domain/run.ts';

export const itemKinds = ['dataset', 'run', 'forecast'] as const;
export type ItemKind = (typeof itemKinds)[number];
export interface Item {
  kind: ItemKind;
  id: string;
}

export interface Kin {
  /** Null: a file, which is not of the workspace. */
  item: Item | null;
  name: string;
  /** How it is related: "file", "fine-tuned from". */
  relation: string;
}

export interface Holdings {
  datasets: readonly Dataset[];
  runs: readonly Run[];
  forecasts: readonly Forecast[];
}

/** As the address writes it: `run/<id>`. */
export const itemAddress = ({ kind, id }: Item) => `${kind}/${id}`;

export function parseItem(text: string | null): Item | null {
  const [kind, id] = (text ?? '').split('/', 2);
  const known = itemKinds.find((name) => name === kind);
  return known && id ? { kind: known, id } : null;
}

/** The oldest first, and last what it was made of directly; what is gone keeps its id for a name. */
export function ancestors(item: Item, holdings: Holdings): Kin[] {
  const { datasets, runs, forecasts } = holdings;
  if (item.kind === 'dataset') {
    const dataset = datasets.find(({ id }) => id === item.id);
    return (dataset?.sources ?? []).map(({ name }) => ({ item: null, name, relation: 'file' }));
  }
  const datasetOf = (id: string, relation: string): Kin[] => {
    const of: Item = { kind: 'dataset', id };
    const name = datasets.find((dataset) => dataset.id === id)?.name ?? `${id} (deleted)`;
    return [...ancestors(of, holdings), { item: of, name, relation }];
  };
  const runOf = (id: string, relation: string): Kin => ({
    item: { kind: 'run', id },
    name: runs.find((run) => run.id === id)?.name ?? `${id} (deleted)`,
    relation,
  });
  if (item.kind === 'forecast') {
    const forecast = forecasts.find(({ id }) => id === item.id);
    if (!forecast) return [];
    const run = runs.find(({ id }) => id === forecast.run);
    const elsewhere = run && run.dataset !== forecast.dataset;
    return [
      ...ancestors({ kind: 'run', id: forecast.run }, holdings),
      runOf(forecast.run, 'run'),
      ...(elsewhere || !run ? datasetOf(forecast.dataset, 'forecast on').slice(-1) : []),
    ];
  }
  const run = runs.find(({ id }) => id === item.id);
  if (!run) return [];
  const parents: Kin[] = [];
  // A damaged workspace must not lead in circles.
  const seen = new Set([run.id]);
  for (let parent = run.parent; parent !== null && !seen.has(parent); ) {
    seen.add(parent);
    parents.unshift(runOf(parent, 'fine-tuned from'));
    const child = parent;
    parent = runs.find(({ id }) => id === child)?.parent ?? null;
  }
  return [...datasetOf(run.dataset, 'dataset'), ...parents];
}

/** What would be lost with it, newest first as the lists are. */
export function descendants(item: Item, { runs, forecasts }: Holdings): Kin[] {
  const kin = (kind: ItemKind, relation: string, { id, name }: { id: string; name: string }): Kin => ({
    item: { kind, id },
    name,
    relation,
  });
  if (item.kind === 'dataset')
    return runs.filter(({ dataset }) => dataset === item.id).map((run) => kin('run', 'run', run));
  if (item.kind === 'run')
    return [
      ...runs.filter(({ parent }) => parent === item.id).map((run) => kin('run', 'fine-tuned from it', run)),
      ...forecasts
        .filter(({ run }) => run === item.id)
        .map((forecast) => kin('forecast', 'forecast', forecast)),
    ];
  return [];
}
