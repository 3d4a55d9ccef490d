import { describe, expect, it } from 'vitest';
import type { SimulationTask } from '#main/engine/simulators/simulator.ts';
import { surfaceOcean } from '#main/engine/simulators/surface-ocean/surface-ocean.ts';
import {
  type SurfaceOceanSettings,
  surfaceOceanSettingsSchema,
} from '#shared/domain/simulations/surface-ocean.ts';
import { parseTimeUnits } from '#shared/time/units.ts';

const small = { rows: 32, columns: 36, days: 5, spinUpDays: 2 };
const choose = (some: Partial<SurfaceOceanSettings> = {}) =>
  surfaceOceanSettingsSchema.parse({ ...small, ...some });

async function fieldsOf(settings: SurfaceOceanSettings, task: Partial<SimulationTask> = {}) {
  const fields: Float32Array[] = [];
  let land: Float32Array | null = null;
  await surfaceOcean.simulate(settings, {
    trajectory: 0,
    seed: 1,
    onStatics: ([field]) => {
      expect(field!.name).toBe('land_mask');
      land = field!.values.slice();
    },
    ...task,
    onFrame: (index, [sst]) => {
      expect(index).toBe(fields.length);
      fields.push(sst!.slice());
    },
  });
  return { fields, land: land as Float32Array | null };
}

const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the surface ocean', () => {
  it('lies on the globe and in the calendar', () => {
    const layout = surfaceOcean.layout(choose({ rows: 60, columns: 60, days: 730, startDate: '2003-12-30' }));
    expect(layout.variables).toMatchObject([
      { name: 'sst', standardName: 'sea_surface_temperature', units: 'degC' },
    ]);
    const [lat, lon] = layout.space;
    expect([lat!.name, lat!.values.length, lat!.attributes.units]).toEqual(['lat', 60, 'degrees_north']);
    expect(lat!.values[1]! - lat!.values[0]!).toBeCloseTo(0.25, 12);
    expect((lat!.values[0]! + lat!.values[59]!) / 2).toBeCloseTo(38, 12);
    expect((lon!.values[0]! + lon!.values[59]!) / 2).toBeCloseTo(-45, 12);
    const { units, calendar } = layout.time.attributes;
    const date = parseTimeUnits(units!, calendar!).decode(layout.time.values[61]!);
    expect([date.year, date.month, date.day, date.hour]).toEqual([2004, 2, 29, 0]);
    expect(layout.time.values.length).toBe(730);
    expect(layout.attributes.driftcast_system).toBe('sst');
  });

  it('is the same for the same seed, bit for bit, and another for another', async () => {
    const first = await fieldsOf(choose({ coast: 'east' }));
    expect(await fieldsOf(choose({ coast: 'east' }))).toEqual(first);
    expect(first.fields.length).toBe(5);
    expect((await fieldsOf(choose({ coast: 'east' }), { seed: 2 })).land).not.toEqual(first.land);
    expect((await fieldsOf(choose())).fields).not.toEqual(
      (await fieldsOf(choose(), { trajectory: 1 })).fields,
    );
  });

  it('is colder in the north, and has eddies of the strength that was asked for', async () => {
    const settings = choose({ seasonalAmplitude: 0, spinUpDays: 0, days: 2, eddySpeed: 0.3 });
    const [first] = (await fieldsOf(settings)).fields;
    const rows = Array.from({ length: 32 }, (_, y) => meanOf(first!.subarray(36 * y, 36 * (y + 1))));
    const anomalies = first!.map((value, n) => value - (16 - 0.5 * 0.25 * (Math.floor(n / 36) - 15.5)));
    expect(Math.abs(meanOf(anomalies))).toBeLessThan(1e-4);
    expect(meanOf(Float32Array.from(rows.slice(16)))).toBeLessThan(
      meanOf(Float32Array.from(rows.slice(0, 16))),
    );
    // 0.3 m/s at 0.1962 m/s for each degree.
    expect(Math.sqrt(meanOf(anomalies.map((value) => value ** 2)))).toBeCloseTo(0.3 / 0.1962, 3);
  });

  it.each([
    [38, '2001-08-25', '2001-02-24'],
    [-38, '2001-02-24', '2001-08-25'],
  ])('has its summer at latitude %i', async (latitude, summer, winter) => {
    const at = async (startDate: string) => {
      const settings = choose({ latitude, startDate, days: 2, spinUpDays: 0, seasonalAmplitude: 4 });
      return meanOf((await fieldsOf(settings)).fields[0]!);
    };
    expect(await at(summer)).toBeCloseTo(20, 1);
    expect(await at(winter)).toBeCloseTo(12, 1);
  });

  it.each(['west', 'east'] as const)('has land in the %s', async (coast) => {
    const { fields, land } = await fieldsOf(choose({ coast }));
    for (const field of fields) {
      expect([...field].map((value) => Number(Number.isNaN(value)))).toEqual([...land!]);
    }
    const share = meanOf(land!);
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.3);
    const edge = (x: number) => Array.from({ length: 32 }, (_, y) => land![36 * y + x]!);
    expect(edge(coast === 'west' ? 35 : 0).every((value) => value === 0)).toBe(true);
    expect(edge(coast === 'west' ? 0 : 35).every((value) => value === 1)).toBe(true);
  });

  it('is calm along the land, and nowhere else', async () => {
    const settings = choose({ coast: 'west', columns: 64, spinUpDays: 10, days: 2, seasonalAmplitude: 0 });
    const { fields, land } = await fieldsOf(settings);
    const anomaly = (y: number, x: number) => fields[0]![64 * y + x]! - (16 - 0.5 * 0.25 * (y - 15.5));
    const rms = (columnOf: (y: number) => number) => {
      const squares = Array.from({ length: 32 }, (_, y) => anomaly(y, columnOf(y)) ** 2);
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 32);
    };
    const shore = (y: number) => land!.subarray(64 * y, 64 * (y + 1)).indexOf(0);
    for (const x of [30, 40, 50, 56]) expect(rms(() => x)).toBeGreaterThan(0.4);
    expect(rms(shore)).toBeLessThan(0.4);
  });

  it('gives the means over finer points when it is refined', async () => {
    const settings = choose({ refinement: 2, spinUpDays: 0, days: 2, seasonalAmplitude: 0, gradient: 0 });
    const finer = choose({ ...settings, refinement: 1, rows: 64, columns: 72, spacing: 0.125 });
    const [coarse] = (await fieldsOf(settings)).fields;
    const [fine] = (await fieldsOf(finer)).fields;
    const at = (y: number, x: number) => fine![72 * y + x]!;
    const expected = (at(20, 30) + at(20, 31) + at(21, 30) + at(21, 31)) / 4;
    expect(coarse![36 * 10 + 15]).toBeCloseTo(expected, 4);
  });

  it('is harder to foresee the longer the lead', async () => {
    const settings = choose({ rows: 48, columns: 48, days: 30, spinUpDays: 30, seasonalAmplitude: 0 });
    const { fields } = await fieldsOf(settings);
    const error = (lead: number) => {
      const squares = fields
        .slice(lead)
        .map((field, t) => meanOf(field.map((v, n) => (v - fields[t]![n]!) ** 2)));
      return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    };
    // Anomalies have a standard deviation of one degree.
    expect(error(1)).toBeGreaterThan(0.05);
    expect(error(3)).toBeGreaterThan(2 * error(1));
    expect(error(7)).toBeGreaterThan(1.4 * error(3));
    expect(error(7)).toBeLessThan(1.3);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 30);
    const settings = choose({ rows: 128, columns: 128, days: 36_525 });
    await expect(fieldsOf(settings, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it.each([
    [{ startDate: '2001-02-29' }, /no date 2001-02-29/],
    [{ rows: 256, spacing: 0.5 }, /too close to a pole/],
    [{ columns: 512, spacing: 1 }, /more than once around/],
    [{ rows: 512, spacing: 0.1, refinement: 2 }, /1024 points along one side/],
  ])('refuses a box that cannot be: %o', (some, sentence) => {
    expect(() => surfaceOcean.layout(choose(some))).toThrow(sentence);
  });

  it('refuses eddies that are smaller than the grid resolves', async () => {
    await expect(fieldsOf(choose({ eddyScale: 50 }))).rejects.toMatchObject({ code: 'bad-input' });
  });
});
