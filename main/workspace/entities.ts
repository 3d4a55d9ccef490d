/** The JSON file of each entity: where it lies, how it is checked, how a list copes with a damaged one. */
import { join } from 'node:path';
import { type Dataset, datasetSchema } from '#shared/domain/dataset.ts';
import { type Forecast, forecastSchema } from '#shared/domain/forecast.ts';
import { type Label, labelSchema } from '#shared/domain/label.ts';
import { type EpochMetrics, epochMetricsSchema, type Run, runSchema } from '#shared/domain/run.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type JsonFormat, readJsonChecked, readJsonIfPresent, writeJsonChecked } from './checked-json.ts';
import type { EntityKind, Workspace } from './layout.ts';
import { readLines } from './lines.ts';

export const datasetFormat: JsonFormat<Dataset> = { what: 'dataset', version: 1, schema: datasetSchema };
export const runFormat: JsonFormat<Run> = { what: 'run', version: 1, schema: runSchema };
export const forecastFormat: JsonFormat<Forecast> = { what: 'forecast', version: 1, schema: forecastSchema };

/** File names inside an entity's folder. */
export const entityFiles = {
  dataset: 'dataset.json',
  run: 'run.json',
  forecast: 'forecast.json',
  metrics: 'metrics.jsonl',
  checkpoints: 'checkpoints',
  netcdf: 'forecast.nc',
  label: 'label.json',
  /** Held by the process that trains the run. */
  lock: 'lock',
} as const;

const labelFormat: JsonFormat<Label> = { what: 'label', version: 1, schema: labelSchema };

interface Labelled {
  name: string;
  tags?: string[] | undefined;
  note?: string | undefined;
}

/** Typed access to one kind of entity. */
export interface EntityStore<Value> {
  folder(id: string): string;
  /** @throws DriftcastError `not-found` when there is none, `damaged-file` when it can't be trusted. */
  read(id: string): Promise<Value>;
  write(id: string, value: Value): Promise<void>;
  /** Every whole entity, newest first, and why the others could not be read. Folders still in the making are neither. */
  list(): Promise<{ items: Value[]; problems: unknown[] }>;
  /** Names and notes it as a person wants; what is not given stays. @throws as `read` does, and `disk`. */
  label(id: string, change: Partial<Label>): Promise<Value>;
  create(name: string): Promise<{ id: string; folder: string }>;
  remove(id: string): Promise<void>;
}

function store<Value extends Labelled & { id: string; created: string }>(
  workspace: Workspace,
  kind: EntityKind,
  format: JsonFormat<Value>,
): EntityStore<Value> {
  const file = (id: string) => join(workspace.entity(kind, id), entityFiles[kind]);
  const labelFile = (id: string) => join(workspace.entity(kind, id), entityFiles.label);
  /** Null where there is none. The folder's name counts, so that a copied folder is an entity of its own. */
  async function readIfPresent(id: string): Promise<Value | null> {
    const value = await readJsonIfPresent(file(id), format);
    if (value === null) return null;
    // What cannot be read of it costs the label alone: the entity has a name of its own.
    const label = await readJsonIfPresent(labelFile(id), labelFormat).catch(() => null);
    return { ...value, ...label, id };
  }
  async function read(id: string): Promise<Value> {
    const value = await readIfPresent(id);
    if (value !== null) return value;
    throw new DriftcastError('not-found', `There is no ${kind} "${id}".`, `List the ${kind}s to see them.`);
  }
  return {
    folder: (id) => workspace.entity(kind, id),
    read,
    // The label has a file of its own, which no training overwrites.
    write: (id, { tags: _tags, note: _note, ...value }) => writeJsonChecked(file(id), format, value as Value),
    async label(id, change) {
      const { name, tags = [], note = '' } = await read(id);
      await writeJsonChecked(labelFile(id), labelFormat, { name, tags, note, ...change });
      return read(id);
    },
    async list() {
      const items: Value[] = [];
      const problems: unknown[] = [];
      for (const id of await workspace.ids(kind)) {
        try {
          const value = await readIfPresent(id);
          if (value !== null) items.push(value);
        } catch (thrown) {
          problems.push(thrown);
        }
      }
      items.sort((a, b) => b.created.localeCompare(a.created));
      return { items, problems };
    },
    create: (name) => workspace.create(kind, name),
    remove: (id) => workspace.remove(kind, id),
  };
}

export interface Entities {
  datasets: EntityStore<Dataset>;
  runs: EntityStore<Run>;
  forecasts: EntityStore<Forecast>;
  /** Lines of a run's metrics.jsonl, oldest first; a torn last line is left out. */
  metrics(run: string): Promise<EpochMetrics[]>;
}

export function openEntities(workspace: Workspace): Entities {
  const runs = store(workspace, 'run', runFormat);
  return {
    datasets: store(workspace, 'dataset', datasetFormat),
    runs,
    forecasts: store(workspace, 'forecast', forecastFormat),
    metrics: (run) => readLines(join(runs.folder(run), entityFiles.metrics), epochMetricsSchema),
  };
}

/** For the engine, which gets folders instead of ids. */
export function readDatasetIn(folder: string): Promise<Dataset> {
  return readJsonChecked(join(folder, entityFiles.dataset), datasetFormat);
}

export function readRunIn(folder: string): Promise<Run> {
  return readJsonChecked(join(folder, entityFiles.run), runFormat);
}

export function readForecastIn(folder: string): Promise<Forecast> {
  return readJsonChecked(join(folder, entityFiles.forecast), forecastFormat);
}
