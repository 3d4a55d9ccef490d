import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { GappyLine } from '#main/data/cf/gappyLine.ts';
import { calendarAxis } from '#main/data/cf/timeAxis.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { mean } from '#main/data/prepared/resample.ts';
import { windowStarts } from '#main/data/prepared/splits.ts';
import { type Dataset, prepareSettingsSchema, splitNames } from '#shared/domain/dataset.ts';
import { millisPerDay } from '#shared/time/dates.ts';
import { sharedFolder } from '../shared-folder.ts';
import { temporaryFolder, writeFieldFile, writeTrajectoryFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

async function prepare(path: string, settings: Record<string, unknown>, variable = 'sst') {
  const parsed = prepareSettingsSchema.parse({
    variables: [variable],
    horizon: 3,
    maxGapFill: 0,
    ...settings,
  });
  const target = join(folder, `dataset-${made++}`);
  mkdirSync(target);
  const prepared = await prepareDataset({ files: [path], settings: parsed, folder: target });
  const dataset: Dataset = {
    formatVersion: 1,
    id: 'x',
    name: 'x',
    created: '',
    settings: parsed,
    ...prepared,
  };
  return { ...prepared, data: await openPrepared(target, dataset) };
}

/** Value of a day, so that every frame says when it is. */
const at = (day: number, y: number, x: number) => 10 * y + x + day + Math.sin(day);

function gappyFile(days: number[]): string {
  return writeFieldFile(folder, `gappy-${made++}.nc`, {
    times: days.length,
    height: 2,
    width: 3,
    timeValues: days,
    value: (t, y, x) => at(days[t]!, y, x),
  });
}
const run = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
const days = [...run(0, 40), ...run(45, 30), ...run(80.5, 50), 200];

describe('irregular times', () => {
  it('are refused with what is wrong and what can be done', async () => {
    const path = gappyFile(days);
    await expect(prepare(path, {})).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/irregular.*broken 3 times: from 2001-02-09 to 2001-02-15 \(6 days\)/),
      hint: expect.stringContaining('resample-mean'),
    });
    const { variables } = await inspectFile(path, { statistics: false });
    expect(variables[0]).toMatchObject({
      forecastable: true,
      times: { regular: false, irregular: { suggestedStep: '1d' } },
    });
  });

  it('are split at gaps: no window straddles one, and every frame is where its date is', async () => {
    const { summary, data } = await prepare(gappyFile(days), { irregular: { kind: 'split' } });
    expect(summary).toMatchObject({ times: 120, step: '1 day', stretches: 3 });
    expect(summary.warnings.join(' ')).toContain('1 times that stand alone are left out');
    for (const name of splitNames) {
      const source = data.examples(name);
      for (let example = 0; example < source.count; example++) {
        const start = source.timeIndex(example);
        const of = (i: number) => days[i]!;
        expect(of(start + 3) - of(start)).toBeCloseTo(3);
      }
    }
    for (const time of [0, 39, 40, 69, 70, 119]) {
      expect((await data.frame(time))[4]).toBeCloseTo(at(days[time]!, 1, 1), 3);
    }
    expect(data.label(40)).toBe('2001-02-15T00:00:00');
    // Beyond the end of a stretch time goes on by its own step, and nothing is known of it.
    expect(data.label(data.after(39, 2))).toBe('2001-02-11T00:00:00');
    expect(data.hasTruth(39, 2)).toBe(false);
    expect(await data.truthAt(38, 1)).toEqual(await data.frame(39));
    expect(data.indexOf('2001-02-15')).toBe(40);
    await data.close();
  });

  it('are cut to the longest regular stretch', async () => {
    const { summary, data } = await prepare(gappyFile(days), { irregular: { kind: 'cut' } });
    expect(summary.times).toBe(50);
    expect(data.label(0)).toBe('2001-03-22T12:00:00');
    expect((await data.frame(7))[0]).toBeCloseTo(at(87.5, 0, 0), 3);
    await data.close();
  });

  it('are interpolated, but not across gaps longer than may be filled', async () => {
    const irregular = { kind: 'interpolate', step: '12h' };
    const { summary, data } = await prepare(gappyFile(days), { irregular, maxGapFill: 1 });
    expect(summary).toMatchObject({ times: 401, step: '12 hours' });
    expect((await data.frame(2))[0]).toBeCloseTo(at(1, 0, 0), 3);
    expect((await data.frame(3))[0]).toBeCloseTo((at(1, 0, 0) + at(2, 0, 0)) / 2, 3);
    expect((await data.frame(84))[0]).toBeNaN();
    expect(summary.splits.train.droppedForGaps).toBeGreaterThan(0);
    const source = data.examples('train');
    for (let example = 0; example < source.count; example++) {
      for (let step = 0; step <= 3; step++) {
        const frames = await source.frames([{ example, step }]);
        expect(frames.every(Number.isFinite)).toBe(true);
      }
    }
    await data.close();
  });

  it('are resampled to means, whose empty steps are missing', async () => {
    const irregular = { kind: 'resample-mean', step: '5d' };
    const { summary, data } = await prepare(gappyFile(days), { irregular });
    expect(summary).toMatchObject({ times: 41, step: '5 days' });
    const first = run(0, 5).reduce((sum, day) => sum + at(day, 1, 2), 0) / 5;
    expect((await data.frame(0))[5]).toBeCloseTo(first, 3);
    expect((await data.frame(8))[5]).toBeNaN();
    expect(data.label(8)).toBe('2001-02-10T00:00:00');
    await data.close();
    const monthly = await prepare(gappyFile(run(3, 400)), {
      irregular: { kind: 'resample-mean', step: '1mo' },
    });
    expect(monthly.summary).toMatchObject({ times: 14, step: '1 month' });
    expect(monthly.data.label(1)).toBe('2001-02-01T00:00:00');
    await monthly.data.close();
  });

  it('of trajectories are resampled inside of each, and not split', async () => {
    const path = writeTrajectoryFile(folder, 'runs.nc', {
      trajectories: 4,
      times: 12,
      height: 2,
      width: 2,
      variables: { u: (k, t, y, x) => 100 * k + t + 10 * y + x },
    });
    const { summary, data } = await prepare(path, { irregular: { kind: 'resample-mean', step: '1' } }, 'u');
    expect(summary).toMatchObject({ times: 24, trajectories: { count: 4, length: 6 } });
    expect([...(await data.frame(7))]).toEqual([102.5, 103.5, 112.5, 113.5]);
    await data.close();
  });

  it('that fit no choice are refused in words', async () => {
    const path = gappyFile(days);
    const choose = (irregular: unknown) => prepare(path, { irregular });
    await expect(choose({ kind: 'interpolate', step: '1 fortnight' })).rejects.toThrow(/no step of time/);
    await expect(choose({ kind: 'interpolate', step: '0.001s' })).rejects.toThrow(/no step of time|too fine/);
    await expect(choose({ kind: 'resample-mean', step: '10y' })).rejects.toThrow(/too coarse/);
    const back = gappyFile([...run(0, 20), ...run(10, 20)]);
    await expect(prepare(back, { irregular: { kind: 'cut' } })).rejects.toThrow(/do not increase/);
  });
});

const shared = sharedFolder();
describe.skipIf(shared === null)('the case of an irregular file', () => {
  it.each([
    { kind: 'split' },
    { kind: 'cut' },
    { kind: 'resample-mean', step: '2d' },
    { kind: 'interpolate', step: '1d' },
  ])('can be trained on with $kind', async (irregular) => {
    const { summary, data } = await prepare(join(shared!, 'cases', 'refuse_irregular_time.nc'), {
      irregular,
      horizon: 2,
      maxGapFill: 2,
      split: { kind: 'fractions', train: 1, validation: 0, test: 0 },
    });
    expect(summary.splits.train.examples).toBeGreaterThan(0);
    await data.close();
  });
});

describe('windows and resampling, whatever the series', () => {
  const stretches = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 });

  it('never leave a stretch or a split', () => {
    fc.assert(
      fc.property(
        stretches.filter((sizes) => Math.max(...sizes) > 1),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(40),
        fc.nat(40),
        fc.integer({ min: 1, max: 4 }),
        (sizes, horizon, a, b, stride) => {
          let next = 0;
          const pieces = sizes.map((size) => {
            next += size;
            return { first: next - size, end: next };
          });
          const values = pieces.flatMap(({ first, end }, k) =>
            run(first, end - first).map((i) => (i + 3 * k) * millisPerDay),
          );
          const line = new GappyLine(calendarAxis(values, 'standard'), pieces);
          const range = { first: Math.min(a, b, next), end: Math.min(Math.max(a, b), next) };
          const { starts } = windowStarts(range, horizon, () => false, { pieces: line.pieces, stride });
          for (const start of starts) {
            expect(start).toBeGreaterThanOrEqual(range.first);
            expect(start + horizon).toBeLessThan(range.end);
            expect(line.after(start, horizon)).toBe(start + horizon);
            expect(line.value(start + horizon) - line.value(start)).toBe(horizon * millisPerDay);
          }
          const possible = run(range.first, Math.max(0, range.end - range.first - horizon)).filter((start) =>
            pieces.some(({ first, end }) => first <= start && start + horizon < end),
          );
          if (stride === 1) expect(starts).toEqual(possible);
          // Also beyond the end of its stretch a time knows what it followed.
          for (let start = 0; start < next; start++) {
            expect(line.value(line.after(start, 20))).toBe(line.value(start) + 20 * millisPerDay);
          }
        },
      ),
    );
  });

  it('conserve the mean: that of the bins by their counts is that of all values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(11),
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 80, maxLength: 80 }),
        async (counts, step, cut, values) => {
          const bounds = [0];
          for (const count of counts) bounds.push(bounds[bounds.length - 1]! + count);
          const raw = Float32Array.from(values);
          const source = {
            size: 1,
            step,
            read: async (first: number, count: number) => raw.slice(first, first + count),
          };
          const middle = Math.min(cut, counts.length - 1);
          const parts = [
            ...(middle > 0 ? await mean(bounds, 0, middle, source) : []),
            ...(await mean(bounds, middle, counts.length - middle, source)),
          ];
          let [sum, all] = [0, 0];
          for (const [k, count] of counts.entries()) {
            expect(Number.isNaN(parts[k]!)).toBe(count === 0);
            if (count > 0) sum += parts[k]! * count;
          }
          for (let i = 0; i < bounds[counts.length]!; i++) all += raw[i]!;
          expect(sum).toBeCloseTo(all, 2);
        },
      ),
    );
  });
});
