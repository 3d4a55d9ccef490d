import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset, previewPreparation } from '#main/data/prepare.ts';
import { type Dataset, prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { sharedFolder } from '../shared-folder.ts';
import { type FieldFile, temporaryFolder, writeFieldFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

async function prepare(files: string[], settings: Record<string, unknown>) {
  const parsed = prepareSettingsSchema.parse({ variables: ['sst'], horizon: 3, ...settings });
  const target = join(folder, `dataset-${made++}`);
  mkdirSync(target);
  const prepared = await prepareDataset({ files, settings: parsed, folder: target });
  const dataset: Dataset = {
    formatVersion: 1,
    id: 'test',
    name: 'test',
    created: '',
    settings: parsed,
    ...prepared,
  };
  return { ...prepared, dataset, target, settings: parsed };
}

/** Land at [0, 0]; elsewhere a cycle of the year, a trend by cell and something irregular. */
const field = (t: number, y: number, x: number) =>
  y === 0 && x === 0 ? Number.NaN : 285 + y + 3 * Math.sin((2 * Math.PI * t) / 365) + Math.sin(t * 1.7 + x);

const write = (name: string, changes: Partial<FieldFile> = {}) =>
  writeFieldFile(folder, name, { times: 900, height: 3, width: 4, value: field, ...changes });

describe('preparing', () => {
  it('writes what it previews, and opens to windows that are normalised by training times', async () => {
    const path = write('plain.nc');
    const { dataset, target, summary, settings } = await prepare([path], {
      extraChannels: ['season', 'land-mask', 'latitude'],
    });
    expect(await previewPreparation([path], settings)).toEqual(summary);
    expect(summary).toMatchObject({
      height: 3,
      width: 4,
      times: 900,
      step: '1 day',
      maskedCells: 1,
      filledValues: 0,
    });
    expect(summary.seasonalShare).toBeGreaterThan(0.7);
    const prepared = await openPrepared(target, dataset);
    const train = prepared.examples('train');
    expect(train.count).toBe(summary.splits.train.examples);
    const requests = Array.from({ length: train.count }, (_, example) => ({ example, step: 1 }));
    const values = await train.frames(requests);
    expect(values.length).toBe(train.count * 12);
    for (let cell = 0; cell < 12; cell++) {
      const own = requests.map((_, i) => values[i * 12 + cell]!);
      const mean = own.reduce((a, b) => a + b) / own.length;
      const deviation = Math.sqrt(own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length);
      expect(mean).toBeCloseTo(0, 1);
      expect(deviation).toBeCloseTo(cell === 0 ? 0 : 1, 1);
    }
    const conditions = (await train.conditions([4]))!;
    expect(train.conditionChannels).toBe(4);
    const angle = (2 * Math.PI * 4) / 365;
    expect([...conditions.subarray(0, 4)]).toEqual([Math.sin(angle), Math.cos(angle), 0, 0].map(Math.fround));
    expect(conditions[8 * 4 + 3]).toBeCloseTo(2 / 90);
    await prepared.close();
  });

  it('refuses what never changes, also where it differs from cell to cell', async () => {
    for (const [name, value] of [
      ['everywhere.nc', () => 288.15],
      ['by-cell.nc', (_t: number, y: number, x: number) => (y + x === 0 ? Number.NaN : 271.3 + y / 7 + x)],
    ] as const) {
      const preparing = prepare([write(name, { value })], {});
      await expect(preparing).rejects.toMatchObject({ code: 'bad-input' });
      await expect(preparing).rejects.toThrow('sst never changes over the training period');
    }
  });

  it.each(['seasonal-anomaly', 'per-cell', 'per-channel', 'none'] as const)(
    'restores physical values with the normalisation %s, in and beyond the data, from memory and from disk',
    async (normalisation) => {
      const { dataset, target } = await prepare([write('restore.nc')], { normalisation });
      const prepared = await openPrepared(target, dataset);
      const fromDisk = await openPrepared(target, dataset, { memoryBudget: 0 });
      for (const time of [0, 450, 899]) {
        const frame = await prepared.frame(time);
        expect(await fromDisk.frame(time)).toEqual(frame);
        expect(frame[5]).toBeCloseTo(field(time, 1, 1), 3);
        const copy = frame.slice();
        prepared.normaliser.normalise(copy, time + 1000);
        expect(copy[0]).toBe(0);
        prepared.normaliser.restore(copy, time + 1000);
        expect(copy[0]).toBeNaN();
        for (let i = 1; i < 12; i++) expect(copy[i]).toBeCloseTo(frame[i]!, 3);
      }
      const requests = [{ example: 0, step: 2 }];
      const [a, b] = [prepared.examples('test'), fromDisk.examples('test')];
      expect(await a.frames(requests)).toEqual(await b.frames(requests));
      await expect(prepared.frame(900)).rejects.toThrow(/no time with index 900/);
      expect(prepared.label(900)).toBe('2003-06-20T00:00:00');
      expect(prepared.indexOf('2001-01-03')).toBe(2);
      expect(() => prepared.indexOf('2031')).toThrow(/no time 2031/);
      await prepared.close();
      await fromDisk.close();
    },
  );

  it('uses nothing but training times for its statistics', async () => {
    const changed = (t: number, y: number, x: number) => (t >= 630 ? 1000 : field(t, y, x));
    const a = await prepare([write('a.nc')], {});
    const b = await prepare(
      [write('b.nc', { value: (t, y, x) => (y + x === 0 ? Number.NaN : changed(t, y, x)) })],
      {},
    );
    expect(a.summary.splits.train.endTime).toBe(630);
    const read = (where: string) => readFileSync(join(where, 'statistics.f32'));
    expect(read(a.target).equals(read(b.target))).toBe(true);
    expect(a.fingerprint).not.toBe(b.fingerprint);
    expect((await prepare([write('a.nc')], {})).fingerprint).toBe(a.fingerprint);
    expect((await prepare([write('a.nc')], { horizon: 4 })).fingerprint).not.toBe(a.fingerprint);
  });

  it('counts filled values and windows dropped for longer gaps', async () => {
    const value = (t: number, y: number, x: number) =>
      y === 2 && x === 2 && ((t > 10 && t < 13) || (t > 20 && t < 24)) ? Number.NaN : field(t, y, x);
    const { summary, dataset, target } = await prepare([write('gaps.nc', { value })], { maxGapFill: 2 });
    expect(summary.filledValues).toBe(2);
    expect(summary.splits.train.droppedForGaps).toBe(3 + 3);
    expect(summary.warnings.join(' ')).toContain('6 windows are left out');
    const prepared = await openPrepared(target, dataset);
    const train = prepared.examples('train');
    for (let example = 0; example < train.count; example++) {
      const start = train.timeIndex(example);
      expect(start + 3 < 21 || start > 23).toBe(true);
    }
    expect((await prepared.frame(11))[10]).toBeCloseTo((field(10, 2, 2) * 2 + field(13, 2, 2)) / 3, 3);
    await prepared.close();
  });

  it('joins files along time, and refuses overlaps, other grids and gaps between files', async () => {
    const part = (name: string, first: number, times: number, changes: Partial<FieldFile> = {}) =>
      write(name, {
        times,
        timeValues: Array.from({ length: times }, (_, i) => first + i),
        value: (t, y, x) => field(t + first, y, x),
        ...changes,
      });
    const whole = await prepare([write('whole.nc', { times: 300 })], {});
    const joined = await prepare([part('second.nc', 120, 180), part('first.nc', 0, 120)], {});
    expect(joined.fingerprint).toBe(whole.fingerprint);
    expect(joined.sources.map((source) => source.name)).toEqual(['second.nc', 'first.nc']);
    await expect(prepare([part('first.nc', 0, 120), part('late.nc', 119, 20)], {})).rejects.toThrow(
      /overlap/,
    );
    await expect(prepare([part('first.nc', 0, 120), part('far.nc', 125, 20)], {})).rejects.toThrow(
      /irregular: from 2001-04-30T00:00:00 to 2001-05-06T00:00:00 it is 6 days/,
    );
    const other = part('other.nc', 120, 20, { latitudes: [50, 51, 52] });
    await expect(prepare([part('first.nc', 0, 120), other], {})).rejects.toThrow(/another grid/);
  });

  it('takes a regular period out of an irregular series', async () => {
    const timeValues = Array.from({ length: 400 }, (_, i) => (i < 200 ? i : i + 5));
    const path = write('hole.nc', { times: 400, timeValues });
    await expect(prepare([path], {})).rejects.toThrow(/times of the series are irregular/);
    const { summary } = await prepare([path], { period: { from: null, to: '2001-06' } });
    expect(summary.times).toBe(181);
  });

  it('refuses what cannot be trained on with a sentence', async () => {
    const path = write('short.nc', { times: 20 });
    await expect(prepare([path], { horizon: 15 })).rejects.toThrow(/train split holds no example/);
    await expect(prepare([path], { variables: ['lat'] })).rejects.toThrow(/no time dimension/);
    await expect(prepare([path], { period: { from: '2010', to: null } })).rejects.toThrow(/holds no times/);
    const empty = write('none.nc', { times: 60, value: () => Number.NaN });
    await expect(prepare([empty], {})).rejects.toThrow(/no values/);
    const stop = new AbortController();
    stop.abort();
    const settings = prepareSettingsSchema.parse({ variables: ['sst'], horizon: 3 });
    await expect(previewPreparation([path], settings, { signal: stop.signal })).rejects.toThrow(/cancelled/);
  });

  it('notices damaged files of its own', async () => {
    const { dataset, target } = await prepare([write('damage.nc', { times: 60 })], {});
    const series = join(target, 'series.f32');
    const bytes = readFileSync(series);
    bytes[100]! ^= 1;
    writeFileSync(series, bytes);
    await expect(openPrepared(target, dataset)).rejects.toThrow(/checksum/);
    writeFileSync(series, bytes.subarray(0, 200));
    await expect(openPrepared(target, dataset, { memoryBudget: 0 })).rejects.toThrow(/checksum/);
  });

  it('standardises by cell where times are no dates', async () => {
    const path = write('simulated.nc', {
      times: 100,
      timeUnits: 's',
      timeValues: Array.from({ length: 100 }, (_, i) => i * 0.08),
    });
    const { summary, dataset, target } = await prepare([path], {});
    expect(summary).toMatchObject({ calendar: '', step: '0.08 s', seasonalShare: null });
    expect(summary.warnings.join(' ')).toContain('no season');
    const prepared = await openPrepared(target, dataset);
    expect(prepared.label(101)).toBe('8.08 s');
    expect(prepared.trainingEnsemble(90).length).toBe(20);
    await prepared.close();
  });
});

const shared = sharedFolder();

describe.skipIf(shared === null)('the orientation on real monthly data', () => {
  it('is reproduced: persistence, persistence of the anomaly and the seven training years', async () => {
    const { dataset, target, summary } = await prepare([join(shared!, 'data', 'ersst_v5_sst.mnmean.nc')], {
      region: { kind: 'box', south: -38, north: 40, west: 160, east: -82 },
      horizon: 6,
      split: {
        kind: 'periods',
        train: { from: '2010-01', to: '2017-06' },
        validation: { from: '2017-07', to: '2018-12' },
        test: { from: '2019-01', to: null },
      },
    });
    expect([summary.height, summary.width, summary.maskedCells]).toEqual([40, 60, 145]);
    const prepared = await openPrepared(target, dataset);
    const test = prepared.examples('test');
    expect([prepared.examples('train').count, prepared.examples('validation').count, test.count]).toEqual([
      84, 12, 14,
    ]);

    /** Mean fair CRPS at leads 1, 3, 6 and over all six. */
    const score = async (
      forecast: (start: number, lead: number) => Float32Array[] | Promise<Float32Array[]>,
    ) => {
      const byLead: number[] = [];
      for (let lead = 1; lead <= 6; lead++) {
        let sum = 0;
        for (let example = 0; example < test.count; example++) {
          const start = test.timeIndex(example);
          const members = await forecast(start, lead);
          const truth = await prepared.frame(start + lead);
          const m = members.length;
          let [total, cells] = [0, 0];
          for (let i = 0; i < truth.length; i++) {
            if (prepared.mask[i] === 0) continue;
            let [error, pairs] = [0, 0];
            for (const one of members) {
              error += Math.abs(one[i]! - truth[i]!);
              for (const other of members) pairs += Math.abs(one[i]! - other[i]!);
            }
            total += error / m - (m > 1 ? pairs / (2 * m * (m - 1)) : 0);
            cells++;
          }
          sum += total / cells;
        }
        byLead.push(sum / test.count);
      }
      return [byLead[0]!, byLead[2]!, byLead[5]!, byLead.reduce((a, b) => a + b) / 6];
    };
    const rows: [Parameters<typeof score>[0], number[]][] = [
      [async (start) => [await prepared.frame(start)], [0.678, 1.764, 2.694, 1.85]],
      [
        async (start, lead) => {
          const [now, then] = [prepared.seasonalMean(start), prepared.seasonalMean(start + lead)];
          return [(await prepared.frame(start)).map((value, i) => value - now[i]! + then[i]!)];
        },
        [0.224, 0.385, 0.441, 0.373],
      ],
      [(start, lead) => prepared.trainingEnsemble(start + lead), [0.26, 0.258, 0.255, 0.258]],
    ];
    for (const [forecast, expected] of rows) {
      const got = await score(forecast);
      for (const [i, value] of got.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(0.002);
    }
    expect(prepared.trainingEnsemble(130).length).toBe(7);
    await prepared.close();
  });
});
