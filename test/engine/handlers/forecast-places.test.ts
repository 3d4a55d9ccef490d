/** What a stored forecast says at a cell, over a box and along a line, against the numbers that it was written from. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probe, transect } from '#main/engine/handlers/forecast-places.ts';
import type { CallContext } from '#main/engine/host/engine-main.ts';
import { areaMeans } from '#main/engine/verification/area.ts';
import { temporaryFolder } from '../../data/files.ts';
import {
  latitudes,
  member,
  members,
  observed,
  start,
  width,
  writeOceanForecast,
} from './fixtures/ocean-forecast.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let forecastFolder = '';
beforeAll(async () => {
  forecastFolder = await writeOceanForecast(folder);
});

const contextOf = (signal = new AbortController().signal) =>
  ({ signal, emit: () => {} }) as unknown as CallContext<never>;
const boxOf = (firstRow: number, firstColumn: number, lastRow = firstRow, lastColumn = firstColumn) => ({
  firstRow,
  lastRow,
  firstColumn,
  lastColumn,
});
const probeAt = (box: ReturnType<typeof boxOf>) =>
  probe({ forecastFolder, channel: 0, start: 0, box }, contextOf());
const weight = (cell: number) => Math.cos((latitudes[Math.floor(cell / width)]! * Math.PI) / 180);
/** Over all cells but the land. */
function meanOf(value: (cell: number) => number): number {
  const sea = [0, 1, 2, 3, 4];
  return (
    sea.reduce((sum, cell) => sum + weight(cell) * value(cell), 0) /
    sea.reduce((sum, cell) => sum + weight(cell), 0)
  );
}

describe('a probe', () => {
  it('of a cell has its members, truth and start, and where it is', async () => {
    const found = await probeAt(boxOf(1, 0));
    expect(found).toMatchObject({ latitude: 12, longitude: 200, leads: [1, 2], cells: 1, observed: 1 });
    expect(found.initial).toBeCloseTo(observed(start, 3), 4);
    for (const lead of [0, 1]) {
      expect(found.truth[lead]).toBeCloseTo(observed(start + 1 + lead, 3), 4);
      for (let m = 0; m < members; m++) expect(found.members[m]![lead]).toBeCloseTo(member(lead, m, 3), 4);
    }
  });

  it('of a box has the ensemble of means by area, not the mean of quantiles', async () => {
    const found = await probeAt(boxOf(0, 0, 1, 2));
    expect(found).toMatchObject({ latitude: null, longitude: null, cells: 6, observed: 5 });
    expect(found.initial).toBeCloseTo(
      meanOf((cell) => observed(start, cell)),
      4,
    );
    const means = Array.from({ length: members }, (_, m) => meanOf((cell) => member(1, m, cell)));
    for (const [m, mean] of means.entries()) expect(found.members[m]![1]).toBeCloseTo(mean, 4);
    expect(found.truth[1]).toBeCloseTo(
      meanOf((cell) => observed(start + 2, cell)),
      4,
    );
    means.sort((a, b) => a - b);
    expect(found.quantiles[1]![2]).toBeCloseTo(means[2]!, 4);
    expect(found.quantiles[1]![0]).toBeCloseTo(0.8 * means[0]! + 0.2 * means[1]!, 4);
  });

  it('of land alone knows nothing, and of cells beyond the grid says so', async () => {
    expect(await probeAt(boxOf(1, 2))).toMatchObject({ initial: null, truth: [null, null], observed: 0 });
    await expect(probeAt(boxOf(2, 0))).rejects.toThrow('The forecast has no cell in row 2, column 0.');
    await expect(probeAt(boxOf(0, 0, 1, 3))).rejects.toThrow('Rows 0–1 and columns 0–3 are not inside');
  });

  it('ends when it is cancelled', async () => {
    const stop = new AbortController();
    stop.abort();
    const work = probe({ forecastFolder, channel: 0, start: 0, box: boxOf(0, 0) }, contextOf(stop.signal));
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a transect', () => {
  it('has truth, mean and quantiles cell by cell, and kilometres', async () => {
    const [from, to] = [
      { row: 1, column: 2 },
      { row: 0, column: 0 },
    ];
    const found = await transect({ forecastFolder, channel: 0, start: 0, lead: 1, from, to }, contextOf());
    const along = found.rows.map((row, i) => row * width + found.columns[i]!);
    // Halfway between two rows counts as the one that lies further on.
    expect(along).toEqual([5, 4, 0]);
    expect(found.distanceUnits).toBe('km');
    // Two degrees of latitude and four of longitude at 11°.
    const flat = Math.hypot(2, 4 * Math.cos((11 * Math.PI) / 180)) * 111.195;
    expect(found.distances[2]).toBeCloseTo(flat, -1);
    expect([found.truth[0], found.mean[0], found.quantiles[0]![2]]).toEqual([null, null, null]);
    const values = Array.from({ length: members }, (_, m) => member(1, m, 4)).sort((a, b) => a - b);
    expect(found.truth[1]).toBeCloseTo(observed(start + 2, 4), 4);
    expect(found.mean[1]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / members, 4);
    expect(found.quantiles[1]![2]).toBeCloseTo(values[2]!, 4);
  });

  it('of a lead that there is not is refused', async () => {
    const at = { row: 0, column: 0 };
    await expect(
      transect({ forecastFolder, channel: 0, start: 0, lead: 2, from: at, to: at }, contextOf()),
    ).rejects.toThrow('no lead with index 2');
  });
});

describe('means over an area', () => {
  it('take the same cells for members and truth where the truth has gaps', () => {
    const fields = Float32Array.of(1, 3, 10, 20);
    const truth = Float32Array.of(2, Number.NaN);
    expect(areaMeans(fields, 2, truth, [1, 1])).toEqual({ members: [1, 10], truth: 2, observed: 2 });
    const none = Float32Array.of(Number.NaN, Number.NaN);
    expect(areaMeans(fields, 2, none, [1, 1])).toEqual({ members: [2, 15], truth: null, observed: 2 });
    expect(areaMeans(none, 1, null, [1, 1])).toEqual({ members: null, truth: null, observed: 0 });
  });
});
