/** Vorticity and speed as channels of a forecast: of every member by itself, the same in a part of the grid as in the whole. */
import { describe, expect, it } from 'vitest';
import type { ForecastReader, ForecastWindow } from '#main/data/forecastReader.ts';
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import { channelOfFrame, derivedChannel, derivedReader } from '#main/engine/handlers/flow-channels.ts';

const [height, width, members] = [5, 6, 2];
const cells = height * width;
const stone = 2 * width + 2;
const spacing = 0.1;
/** Member m turns as a whole with the rate m + 1. */
const rate = (member: number) => member + 1;
const u = (member: number, cell: number) => -rate(member) * spacing * Math.floor(cell / width);
const v = (member: number, cell: number) => rate(member) * spacing * (cell % width);

function reader(component: (member: number, cell: number) => number): ForecastReader {
  const read = async (_start: number, _lead: number, part: string, window?: ForecastWindow) => {
    const { rows, columns } = window ?? {
      rows: { first: 0, count: height },
      columns: { first: 0, count: width },
    };
    const values: number[] = [];
    for (let member = 0; member < (part === 'truth' ? 1 : members); member++)
      for (let row = rows.first; row < rows.first + rows.count; row++)
        for (let column = columns.first; column < columns.first + columns.count; column++)
          values.push(component(member, row * width + column));
    return Float32Array.from(values);
  };
  return { height, width, members, read } as unknown as ForecastReader;
}

const axis = (count: number) => ({
  name: '',
  attributes: { units: 'm' },
  values: Array.from({ length: count }, (_, at) => at * spacing),
});
const channel = (name: string) => ({ name, longName: '', standardName: '', units: 'm s-1' });
const dataset = {
  channels: [channel('vx'), channel('vy'), channel('p')],
  height,
  width,
  space: { rows: axis(height), columns: axis(width) },
  positions: null,
  dataset: { summary: { latitudes: null, longitudes: null } },
  staticField: () => Float32Array.from({ length: cells }, (_, cell) => Number(cell === stone)),
} as unknown as PreparedDataset;

const vorticity = derivedChannel(dataset, 3)!;
const turning = derivedReader([reader(u), reader(v)], vorticity, () => 0);

describe('a channel beyond those of the dataset', () => {
  it('is the vorticity, then the speed, in their units; its own channels are none', () => {
    expect([3, 4].map((at) => derivedChannel(dataset, at)!)).toMatchObject([
      { quantity: 'vorticity', units: 's-1' },
      { quantity: 'speed', units: 'm s-1' },
    ]);
    expect(derivedChannel(dataset, 2)).toBeNull();
    expect(() => derivedChannel(dataset, 5)).toThrow(/no channel with index 5/);
  });

  it('has the vorticity of every member by itself, and none in solid cells', async () => {
    const all = await turning.read(0, 0, 'member');
    expect(all).toHaveLength(members * cells);
    for (const [at, value] of all.entries())
      if (at % cells === stone) expect(value).toBeNaN();
      else expect(value).toBeCloseTo(2 * rate(Math.floor(at / cells)), 4);
    expect((await turning.read(0, 0, 'truth'))[0]).toBeCloseTo(2, 4);
  });

  it('is the same at a single cell, beside an obstacle too', async () => {
    for (const [row, column] of [
      [0, 0],
      [2, 3],
      [4, 5],
    ] as const) {
      const window = { rows: { first: row, count: 1 }, columns: { first: column, count: 1 } };
      const values = await turning.read(0, 0, 'member', window);
      expect([...values].map((value) => Math.round(value * 1e3) / 1e3)).toEqual([2, 4]);
    }
  });

  it('is computed from a frame of the dataset', () => {
    const frame = Float32Array.from({ length: cells * 3 }, (_, i) =>
      i % 3 === 2 ? 99 : (i % 3 === 0 ? u : v)(0, Math.floor(i / 3)),
    );
    const { data, units } = channelOfFrame(dataset, frame, 3, 0);
    expect(units).toBe('s-1');
    expect(data[0]).toBeCloseTo(2, 4);
    expect(channelOfFrame(dataset, frame, 2, 0).data[7]).toBe(99);
  });
});
