/** The data plane: turns an address into values, keeping the latest ones in memory for scrubbing to and fro. */
import { join } from 'node:path';
import type { FieldData, Grid } from '#main/engine/protocol.ts';
import { entityFiles } from '#main/workspace/entities.ts';
import { thin } from '#shared/coarse.ts';
import { type CellDegrees, type FieldAddress, fieldPath, type StoredField } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { formatUnits } from '#shared/units.ts';
import type { Core } from './core.ts';
import { flowField, sameGrid } from './flow-fields.ts';
import type { OpenedFiles } from './opened-files.ts';

const cacheBytes = 256 * 1024 ** 2;

/** Least recently used first; a map remembers the order of insertion. */
export class FieldCache {
  private readonly entries = new Map<string, FieldData>();
  private readonly limit: number;
  private bytes = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): FieldData | undefined {
    const field = this.entries.get(key);
    if (field !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, field);
    }
    return field;
  }

  put(key: string, field: FieldData): void {
    this.drop(key);
    this.entries.set(key, field);
    this.bytes += field.data.byteLength;
    for (const oldest of this.entries.keys()) {
      if (this.bytes <= this.limit) break;
      this.drop(oldest);
    }
  }

  private drop(key: string): void {
    const field = this.entries.get(key);
    if (field === undefined) return;
    this.entries.delete(key);
    this.bytes -= field.data.byteLength;
  }
}

/** Answers addresses; two requests for the same field at once read it once. */
export function fieldResolver(
  { files, entities }: Core,
  opened: OpenedFiles,
): (address: FieldAddress) => Promise<FieldData> {
  const cache = new FieldCache(cacheBytes);
  const reading = new Map<string, Promise<FieldData>>();

  async function gridOf(address: StoredField): Promise<Grid> {
    switch (address.kind) {
      case 'file':
        return files.call('grid', { paths: await opened.paths(address.file), variable: address.variable });
      case 'dataset':
        return gridIn((await entities.datasets.read(address.dataset)).summary);
      case 'forecast':
        return gridIn(await entities.forecasts.read(address.forecast));
    }
  }

  async function readStored(
    address: StoredField,
    how: { onto?: Grid; stride?: number } = {},
  ): Promise<FieldData> {
    switch (address.kind) {
      case 'file': {
        const { variable, time, slices } = address;
        const paths = await opened.paths(address.file);
        return files.call('field', { paths, variable, time, slices, ...how });
      }
      case 'dataset': {
        const { channel, time } = address;
        const datasetFolder = entities.datasets.folder(address.dataset);
        return files.call('datasetField', { datasetFolder, channel, time });
      }
      case 'forecast': {
        const { quantity, channel = 0, start, lead } = address;
        const forecastFolder = entities.forecasts.folder(address.forecast);
        return files.call('forecastField', { forecastFolder, quantity, channel, start, lead });
      }
    }
  }

  async function readDegrees({ direction, of }: CellDegrees): Promise<FieldData> {
    if (of.kind === 'dataset')
      return files.call('datasetDegrees', { datasetFolder: entities.datasets.folder(of.dataset), direction });
    if (of.kind === 'file')
      return files.call('degrees', { paths: await opened.paths(of.file), variable: of.variable, direction });
    // The dataset may be gone; the forecast's own file has the degrees too.
    const { variable, channels } = await entities.forecasts.read(of.forecast);
    const paths = [join(entities.forecasts.folder(of.forecast), entityFiles.netcdf)];
    return files.call('degrees', { paths, variable: channels?.[0]?.variable ?? variable, direction });
  }

  const read = async (address: FieldAddress): Promise<FieldData> => {
    if (address.kind === 'coarse') {
      const { field, stride } = address;
      const whole = cache.get(fieldPath(field));
      return whole ? { ...whole, ...thin(whole, stride) } : readStored(field, { stride });
    }
    if (address.kind === 'degrees') return readDegrees(address);
    if (address.kind === 'difference')
      return difference(...(await Promise.all([resolve(address.first), resolve(address.second)])));
    if (address.kind === 'onto') return readStored(address.field, { onto: await gridOf(address.like) });
    if (address.kind !== 'flow') return readStored(address);
    const { u, v, solid, spacing } = address;
    const parts = await Promise.all([resolve(u), resolve(v), solid && resolve(solid)]);
    return flowField(address, parts, spacing ? null : await gridOf(u));
  };

  const resolve = async (address: FieldAddress): Promise<FieldData> => {
    const key = fieldPath(address);
    const known = cache.get(key);
    if (known !== undefined) return known;
    let answer = reading.get(key);
    if (answer === undefined) {
      answer = read(address).finally(() => reading.delete(key));
      reading.set(key, answer);
    }
    const field = await answer;
    cache.put(key, field);
    return field;
  };
  return resolve;
}

const gridIn = ({ height, width, latitudes, longitudes }: Grid): Grid => ({
  height,
  width,
  latitudes,
  longitudes,
});

/** First minus second, with the first one's date. @throws DriftcastError `bad-input` where grids or units differ. */
function difference(first: FieldData, second: FieldData): FieldData {
  sameGrid([first, second], 'have no difference cell by cell');
  const units = [first, second].map((field) => formatUnits(field.units) || 'no units');
  if (units[0] !== units[1])
    throw new DriftcastError(
      'bad-input',
      `A field in ${units[0]} and one in ${units[1]} can't be subtracted from each other.`,
      'Choose two fields of the same quantity.',
    );
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const data = first.data.map((value, cell) => {
    const left = value - second.data[cell]!;
    if (left < min) min = left;
    if (left > max) max = left;
    return left;
  });
  return { ...first, data, range: min <= max ? { min, max } : null };
}
