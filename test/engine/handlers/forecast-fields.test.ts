/** Every quantity of a stored forecast equals what is computed from its members in another way. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createForecastWriter } from '#main/data/forecastWriter.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { forecastField } from '#main/engine/handlers/forecast-fields.ts';
import { preparedIn } from '#main/engine/handlers/prepared.ts';
import type { CallContext } from '#main/engine/host/engine-main.ts';
import { exceedanceOf, quantileOf } from '#main/engine/verification/quantities.ts';
import { openEntities } from '#main/workspace/entities.ts';
import { openWorkspace } from '#main/workspace/layout.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { temporaryFolder, writeFieldFile } from '../../data/files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const [height, width, months, members] = [2, 3, 60, 5];
const cells = height * width;
/** Cell 5 is land. */
const observed = (time: number, cell: number) =>
  cell === 5 ? Number.NaN : 15 + cell + 4 * Math.cos((2 * Math.PI * time) / 12) + Math.sin(1.7 * time + cell);
const member = (lead: number, m: number, cell: number) =>
  cell === 5 ? Number.NaN : 16 + Math.sin(3.1 * m + cell) * (1 + lead) + 0.3 * m;
const start = 50;
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
  const entities = openEntities(await openWorkspace(join(folder, 'workspace')));
  const origin = Date.UTC(2001, 0, 1);
  const path = writeFieldFile(folder, 'ocean.nc', {
    times: months,
    height,
    width,
    latitudes: [10, 12],
    longitudes: [200, 202, 204],
    value: (time, row, column) => observed(time, row * width + column),
    timeValues: Array.from({ length: months }, (_, m) => (Date.UTC(2001, m, 1) - origin) / 86_400_000),
  });
  const settings = prepareSettingsSchema.parse({
    variables: ['sst'],
    horizon: 2,
    normalisation: 'per-cell',
    split: { kind: 'fractions', train: 0.6, validation: 0.2, test: 0.2 },
  });
  const made = await entities.datasets.create('Ocean');
  const prepared = await prepareDataset({ files: [path], settings, folder: made.folder });
  const created = new Date().toISOString();
  await entities.datasets.write(made.id, {
    formatVersion: 1,
    id: made.id,
    name: 'Ocean',
    created,
    settings,
    ...prepared,
  });
  const dataset = await preparedIn(made.folder);
  const target = await entities.forecasts.create('Forecast');
  forecastFolder = target.folder;
  const writer = await createForecastWriter(join(forecastFolder, 'forecast.nc'), {
    channels: dataset.channels,
    members,
    leads: [1, 2],
    starts: [start],
    timeLine: dataset.timeLine,
    height,
    width,
    space: dataset.space,
    truth: true,
    title: 'Forecast',
    provenance: {},
  });
  for (const lead of [0, 1])
    await writer.writeLead(
      0,
      lead,
      Float32Array.from({ length: members * cells }, (_, i) =>
        member(lead, Math.floor(i / cells), i % cells),
      ),
      Float32Array.from({ length: cells }, (_, cell) => observed(start + lead + 1, cell)),
    );
  await writer.close();
  const range = { min: 0, max: 1, spreadMax: 1, errorMax: 1 };
  const { name, longName, units } = dataset.channels[0]!;
  await entities.forecasts.write(target.id, {
    formatVersion: 1,
    id: target.id,
    name: 'Forecast',
    created,
    run: 'run',
    dataset: made.id,
    datasetFingerprint: prepared.fingerprint,
    method: 'dyffusion',
    variable: name,
    units,
    members,
    leads: [1, 2],
    starts: [{ timeIndex: start, date: '', validDates: ['', ''], truth: true }],
    height,
    width,
    latitudes: [10, 12],
    longitudes: [200, 202, 204],
    seconds: 1,
    networkCalls: 1,
    seed: 1,
    schedule: null,
    valueRange: range,
    channels: [{ name, variable: writer.variables[0]!, longName, units, valueRange: range }],
  });
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
