/** Every quantity of a stored forecast equals what is computed from its members in another way. */
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forecastField } from '#main/engine/handlers/forecast-fields.ts';
import type { CallContext } from '#main/engine/host/engine-main.ts';
import { exceedanceOf, quantileOf } from '#main/engine/verification/quantities.ts';
import { temporaryFolder } from '../../data/files.ts';
import { cells, member, members, observed, start, writeOceanForecast } from './fixtures/ocean-forecast.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

let forecastFolder = '';

const context = { signal: new AbortController().signal, emit: () => {} } as unknown as CallContext<never>;
const fieldOf = (quantity: string, lead = 1) =>
  forecastField({ forecastFolder, quantity, channel: 0, start: 0, lead }, context);
const values = (lead: number, cell: number) =>
  Array.from({ length: members }, (_, m) => member(lead, m, cell));
const average = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** Each cell of a field against a formula, to the precision of float32. */
function expectField(data: Float32Array, formula: (cell: number) => number) {
  for (let cell = 0; cell < cells; cell++)
    if (cell === 5) expect(data[cell]).toBeNaN();
    else expect(data[cell]).toBeCloseTo(formula(cell), 4);
}

beforeAll(async () => {
  forecastFolder = await writeOceanForecast(folder);
});

describe('a field of a forecast', () => {
  it('is the truth, the mean, the spread, the error, a member or the start', async () => {
    const truth = (cell: number) => observed(start + 2, cell);
    expectField((await fieldOf('truth')).data, truth);
    expectField((await fieldOf('mean')).data, (cell) => average(values(1, cell)));
    expectField((await fieldOf('error')).data, (cell) => average(values(1, cell)) - truth(cell));
    expectField((await fieldOf('member-2')).data, (cell) => member(1, 1, cell));
    expectField((await fieldOf('initial')).data, (cell) => observed(start, cell));
    // E[x²] − E[x]², not the sum of squared differences.
    expectField((await fieldOf('spread')).data, (cell) =>
      Math.sqrt(average(values(1, cell).map((x) => x * x)) - average(values(1, cell)) ** 2),
    );
  });

  it('is a quantile of the members', async () => {
    // With five members every quarter lies on one of them; 5 % is a fifth of the way from the first to the second.
    const sorted = (cell: number) => values(1, cell).sort((a, b) => a - b);
    for (const [percent, place] of [
      [0, 0],
      [25, 1],
      [50, 2],
      [75, 3],
      [100, 4],
    ] as const)
      expectField((await fieldOf(`quantile-${percent}`)).data, (cell) => sorted(cell)[place]!);
    expectField(
      (await fieldOf('quantile-5')).data,
      (cell) => 0.8 * sorted(cell)[0]! + 0.2 * sorted(cell)[1]!,
    );
    expectField(
      (await fieldOf('quantile-95')).data,
      (cell) => 0.8 * sorted(cell)[4]! + 0.2 * sorted(cell)[3]!,
    );
  });

  it('is the share of members above a threshold, in per cent', async () => {
    const { data, units } = await fieldOf('exceedance-16.5');
    expect(units).toBe('%');
    expectField(data, (cell) => (values(1, cell).filter((x) => x > 16.5).length / members) * 100);
    expectField((await fieldOf('exceedance--300')).data, () => 100);
    expectField((await fieldOf('exceedance-1e9')).data, () => 0);
  });

  it('is an anomaly from the training months of the same name', async () => {
    // Months 0 to 35 are the training split; the lead's month of the year, in these alone.
    const month = (start + 2) % 12;
    const training = [0, 1, 2].map((year) => 12 * year + month);
    const climatology = (cell: number) => average(training.map((time) => observed(time, cell)));
    expectField((await fieldOf('climatology')).data, climatology);
    expectField((await fieldOf('anomaly')).data, (cell) => average(values(1, cell)) - climatology(cell));
    expectField(
      (await fieldOf('truth-anomaly')).data,
      (cell) => observed(start + 2, cell) - climatology(cell),
    );
  });

  it('that there is not is refused in one sentence', async () => {
    for (const quantity of ['median', 'member-0', 'member-6', 'quantile-101'])
      await expect(fieldOf(quantity)).rejects.toThrow(`The forecast has no "${quantity}".`);
  });
});

describe('quantities of any ensemble', () => {
  const ensembles = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 6 }))
    .chain(([count, size]) =>
      fc.tuple(
        fc.constant(count),
        fc.array(fc.integer({ min: -50, max: 50 }), { minLength: count * size, maxLength: count * size }),
      ),
    );

  it('keep quantiles in order and inside of the members', () => {
    fc.assert(
      fc.property(ensembles, ([count, list]) => {
        const all = Float32Array.from(list);
        const fields = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((share) => quantileOf(all, count, share));
        for (let cell = 0; cell < all.length / count; cell++) {
          const along = fields.map((field) => field[cell]!);
          expect(along).toEqual([...along].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('exceed less often what is higher', () => {
    fc.assert(
      fc.property(ensembles, fc.integer({ min: -60, max: 60 }), ([count, list], threshold) => {
        const all = Float32Array.from(list);
        const low = exceedanceOf(all, count, threshold);
        const high = exceedanceOf(all, count, threshold + 1);
        for (const [cell, share] of high.entries()) expect(share).toBeLessThanOrEqual(low[cell]!);
      }),
    );
  });
});
