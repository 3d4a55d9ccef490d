/**
 * Reads of every file of a series what joining needs, once: its layout, its times and where its cells lie. What has
 * been read is kept by path, size and time of change, so that opening the same files again reads nothing.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DriftcastError, toErrorData } from '#shared/errors.ts';
import { breathe, type WorkOptions } from '../background.ts';
import { coordinateValues } from '../cf/grid.ts';
import { type TimeAxis, timeAxisOf } from '../cf/timeAxis.ts';
import { type Attributes, attributeText, type DataFile } from '../formats/dataFile.ts';
import { openDataFile } from '../formats/registry.ts';
import { firstDifference, type Layout, layoutKey, layoutOf, type Places, placesOf } from './layout.ts';

export interface Member {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Time of change in milliseconds, as the file system states it. */
  readonly modified: number;
  readonly layout: Layout;
  /** The same object for files whose cells lie at the same places. */
  readonly places: Places;
  /** Null where the file has no times. */
  readonly times: TimeAxis | null;
  /** Sizes of dimensions that layouts leave open. */
  readonly timeCount: number;
  readonly attributes: Attributes;
}

/** A file that could not be read, with the sentence that says why. */
export interface Unreadable {
  readonly path: string;
  readonly error: DriftcastError;
}

const mostKept = 50_000;
/** Files that are read at a time: enough to keep the disk busy, far from any limit on open files. */
const atOnce = 8;

const kept = new Map<string, Member>();
const layouts: { key: string; layout: Layout }[] = [];
const grids: { layout: Layout; places: Places }[] = [];

async function knownLayout(file: DataFile): Promise<Layout> {
  for (const known of layouts) {
    if (layoutKey(file, known.layout) === known.key) return known.layout;
  }
  const layout = await layoutOf(file);
  layouts.unshift({ key: layoutKey(file, layout), layout });
  if (layouts.length > 200) layouts.pop();
  return layout;
}

async function knownPlaces(file: DataFile, layout: Layout): Promise<Places> {
  const places = await placesOf(file, layout);
  for (const known of grids) {
    const same =
      known.places.size === places.size && [...places.keys()].every((key) => known.places.has(key));
    if (same && firstDifference(known.places, places) === null) return known.places;
  }
  grids.unshift({ layout, places });
  if (grids.length > 200) grids.pop();
  return places;
}

async function timesOf(file: DataFile, layout: Layout): Promise<TimeAxis | null> {
  if (layout.time === null) return null;
  const variable = file.variables.find(({ path }) => path === layout.timeVariable?.path);
  if (!variable) {
    const dim = file.variables.flatMap(({ dims }) => dims).find(({ path }) => path === layout.time);
    return timeAxisOf(
      Array.from({ length: dim?.size ?? 0 }, (_, i) => i),
      '',
      '',
    );
  }
  const text = (name: string) => attributeText(variable.attributes, name);
  return timeAxisOf(await coordinateValues(file, variable), text('units'), text('calendar'));
}

/** Only attributes that say what a simulation is; the others are those of the first file. */
const simulated = (attributes: Attributes): Attributes =>
  new Map([...attributes].filter(([name]) => name.startsWith('driftcast_')));

async function readHeader(path: string): Promise<Member> {
  const { size, mtimeMs } = await stat(path);
  const known = kept.get(path);
  if (known && known.bytes === size && known.modified === mtimeMs) return known;
  const file = await openDataFile(path);
  try {
    const layout = await knownLayout(file);
    const times = await timesOf(file, layout);
    const member: Member = {
      path,
      name: basename(path),
      bytes: size,
      modified: mtimeMs,
      layout,
      places: await knownPlaces(file, layout),
      times,
      timeCount: times?.values.length ?? 0,
      attributes: simulated(file.attributes),
    };
    kept.delete(path);
    kept.set(path, member);
    const oldest = kept.keys().next().value;
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return member;
  } finally {
    await file.close();
  }
}

/**
 * Headers of all files in the order given; files that cannot be read come apart from the others. At most eight files
 * are open at a time. Throws `cancelled`.
 */
export async function readHeaders(
  paths: readonly string[],
  { signal, onProgress }: WorkOptions = {},
): Promise<{ members: Member[]; unreadable: Unreadable[] }> {
  const found: (Member | Unreadable)[] = new Array(paths.length);
  let [next, done] = [0, 0];
  const work = async () => {
    for (let i = next++; i < paths.length; i = next++) {
      await breathe(signal);
      const path = paths[i]!;
      try {
        found[i] = await readHeader(path);
      } catch (thrown) {
        found[i] = { path, error: asError(path, thrown) };
      }
      onProgress?.(++done / paths.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, paths.length) }, work));
  const isMember = (entry: Member | Unreadable): entry is Member => !('error' in entry);
  return { members: found.filter(isMember), unreadable: found.filter((entry) => 'error' in entry) };
}

function asError(path: string, thrown: unknown): DriftcastError {
  if (thrown instanceof DriftcastError) return thrown;
  if ((thrown as NodeJS.ErrnoException).code === 'ENOENT')
    return new DriftcastError('not-found', `There is no file ${path}.`, 'Check the path.');
  const { code, message, hint } = toErrorData(thrown);
  return new DriftcastError(code, `${basename(path)}: ${message}`, hint, { cause: thrown });
}
