import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { timeAxisOf } from '#main/data/cf/timeAxis.ts';
import { TrajectoryLine } from '#main/data/cf/trajectoryLine.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset, previewPreparation } from '#main/data/prepare.ts';
import { shareOut, splitRanges, windowStarts } from '#main/data/prepared/splits.ts';
import { type Dataset, prepareSettingsSchema, splitNames } from '#shared/domain/dataset.ts';
import { type TrajectoryFile, temporaryFolder, writeFieldFile, writeTrajectoryFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

/** Distinct for every trajectory, time and cell, and exact in float32. */
const value = (k: number, t: number, y: number, x: number) => k * 4096 + t * 16 + y * 4 + x;
const plain: TrajectoryFile = { trajectories: 7, times: 9, height: 2, width: 3, variables: { u: value } };
const write = (changes: Partial<TrajectoryFile> = {}, name = `runs-${made++}.nc`) =>
  writeTrajectoryFile(folder, name, { ...plain, ...changes });

async function prepare(files: string[], settings: Record<string, unknown> = {}) {
  const parsed = prepareSettingsSchema.parse({
    variables: ['u'],
    horizon: 3,
    normalisation: 'none',
    ...settings,
  });
  const target = join(folder, `dataset-${made++}`);
  mkdirSync(target);
  const prepared = await prepareDataset({ files, settings: parsed, folder: target });
  const stored = { formatVersion: 1, id: 'test', name: 'test', created: '', settings: parsed, ...prepared };
  const dataset: Dataset = JSON.parse(JSON.stringify(stored));
  return { ...prepared, settings: parsed, target, open: () => openPrepared(target, dataset) };
}

const line = (count: number, length: number) =>
  new TrajectoryLine(
    timeAxisOf(
      Float64Array.from({ length }, (_, i) => i * 0.25),
      's',
      '',
    ),
    count,
  );

const sizes = fc.record({ count: fc.integer({ min: 2, max: 12 }), length: fc.integer({ min: 2, max: 30 }) });

describe('the time axis of trajectories', () => {
  it('maps indices and pairs of trajectory and step onto each other', () => {
    fc.assert(
      fc.property(sizes, ({ count, length }) => {
        const axis = line(count, length);
        const seen = new Set<number>();
        for (let trajectory = 0; trajectory < count; trajectory++) {
          for (let step = 0; step < length; step++) {
            const index = axis.after(axis.indexOf(`trajectory ${trajectory}`), step);
            expect(axis.locate(index)).toEqual({ trajectory, step });
            expect(axis.indexOf(axis.label(index))).toBe(index);
            seen.add(index);
          }
        }
        expect([...seen].sort((a, b) => a - b)).toEqual([...Array(axis.count).keys()]);
      }),
      { numRuns: 20 },
    );
  });

  it('goes on by its own clock beyond the end of a trajectory, also by parts of a step', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.double({ min: 0, max: 2000, noNaN: true }), (size, at, lead) => {
        const axis = line(size.count, size.length);
        const start = at % axis.count;
        const { trajectory, step } = axis.locate(start);
        const index = axis.after(start, lead);
        expect(axis.trajectoryOf(index)).toBe(trajectory);
        expect(axis.value(index)).toBeCloseTo((step + lead) * 0.25, 4);
        expect(index < axis.count).toBe(step + lead <= size.length - 1);
        expect(axis.value(axis.after(index, 2))).toBeCloseTo((step + lead + 2) * 0.25, 4);
      }),
      { numRuns: 200 },
    );
  });

  it('says which trajectory and time a label means, and refuses others', () => {
    const axis = line(4, 5);
    expect(axis.label(13)).toBe('trajectory 2, 0.75 s');
    expect(axis.label(axis.after(13, 3))).toBe('trajectory 2, 1.5 s');
    expect(axis.indexOf('2; 0.75')).toBe(13);
    expect(axis.indexOf('13')).toBe(13);
    expect(() => axis.indexOf('20')).toThrow(/which of the 4 trajectories/);
    expect(() => axis.indexOf('0.75')).toThrow(/which of the 4 trajectories/);
    expect(() => axis.indexOf('trajectory 4')).toThrow(/no trajectory 4/);
    expect(() => axis.indexOf('trajectory 1, 0.3 s')).toThrow(/no time 0.3 s/);
  });
});

describe('splits of trajectories', () => {
  it('never share a trajectory, and no window leaves its own', () => {
    const shares = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.nat(9));
    fc.assert(
      fc.property(
        sizes,
        shares.filter(([a, b, c]) => a + b + c > 0),
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 1, max: 9 }),
        ({ count, length }, [a, b, c], horizon, stride) => {
          const axis = line(count, length);
          const sum = a + b + c;
          const split = { kind: 'fractions' as const, train: a / sum, validation: b / sum, test: c / sum };
          const ranges = splitRanges(axis, { split });
          const owner = new Map<number, string>();
          for (const name of splitNames) {
            const { starts } = windowStarts(ranges[name], horizon, () => false, {
              pieces: axis.pieces,
              stride,
            });
            const trajectories = (ranges[name].end - ranges[name].first) / length;
            expect(starts.length).toBe(trajectories * Math.max(0, Math.ceil((length - horizon) / stride)));
            for (const start of starts) {
              const { trajectory, step } = axis.locate(start);
              expect(axis.locate(start + horizon).trajectory).toBe(trajectory);
              expect(step % stride).toBe(0);
              expect(owner.get(trajectory) ?? name).toBe(name);
              owner.set(trajectory, name);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('give every split a trajectory where there are enough', () => {
    const usual = { train: 0.7, validation: 0.15, test: 0.15 };
    expect(shareOut(2, usual)).toEqual({ train: 1, validation: 0, test: 1 });
    expect(shareOut(3, usual)).toEqual({ train: 1, validation: 1, test: 1 });
    expect(shareOut(10, usual)).toEqual({ train: 7, validation: 1, test: 2 });
    expect(shareOut(100, usual)).toEqual({ train: 70, validation: 15, test: 15 });
    expect(shareOut(100, { train: 0.5, validation: 0, test: 0.1 })).toEqual({
      train: 50,
      validation: 0,
      test: 10,
    });
  });

  it('count trajectories out, or refuse with a sentence', async () => {
    const path = write();
    const split = { kind: 'trajectories', train: 4, validation: 1, test: 2 };
    const { summary } = await prepare([path], { split });
    expect(summary.splits.validation).toEqual({
      firstTime: 36,
      endTime: 45,
      from: 'trajectory 4, 0 s',
      to: 'trajectory 4, 4 s',
      examples: 6,
      droppedForGaps: 0,
      trajectories: 1,
    });
    await expect(prepare([path], { split: { ...split, train: 5 } })).rejects.toThrow(
      /8 trajectories, but the data hold 7/,
    );
    const periods = {
      kind: 'periods',
      train: { from: null, to: '1' },
      validation: { from: null, to: null },
      test: { from: null, to: null },
    };
    await expect(prepare([path], { split: periods })).rejects.toThrow(/cannot be split by periods/);
    const single = writeFieldFile(folder, 'line.nc', { times: 30, height: 2, width: 2, value: (t) => t });
    await expect(prepare([single], { variables: ['sst'], split })).rejects.toThrow(/one time line/);
    await expect(prepare([path], { horizon: 12 })).rejects.toThrow(
      /each of its trajectories has 9 times where a window takes 13/,
    );
  });
});

describe('a dataset of trajectories', () => {
  it('holds them one after the other, with windows inside of each', async () => {
    const path = write();
    const { variables } = await inspectFile(path, { statistics: false });
    expect(variables[0]).toMatchObject({ name: 'u', forecastable: true });
    expect(variables[0]!.axes.map((axis) => axis.role)).toEqual(['trajectory', 'time', 'y', 'x']);
    const { summary, settings, open } = await prepare([path]);
    expect(summary).toMatchObject({ times: 63, trajectories: { count: 7, length: 9 }, step: '0.5 s' });
    expect(splitNames.map((name) => summary.splits[name].trajectories)).toEqual([5, 1, 1]);
    expect(await previewPreparation([path], settings)).toEqual(summary);
    const prepared = await open();
    for (const index of [0, 8, 9, 40, 62]) {
      expect((await prepared.frame(index))[5]).toBe(value(Math.floor(index / 9), index % 9, 1, 2));
    }
    const train = prepared.examples('train');
    expect(train.count).toBe(5 * 6);
    const frames = await train.frames([
      { example: 6, step: 0 },
      { example: 6, step: 3 },
    ]);
    expect([frames[0], frames[6]]).toEqual([value(1, 0, 0, 0), value(1, 3, 0, 0)]);
    expect(prepared.examples('train', 8).count).toBe(5);
    const rollouts = prepared.examples('train', 5, Infinity);
    expect(Array.from({ length: rollouts.count }, (_, i) => rollouts.timeIndex(i))).toEqual([
      0, 9, 18, 27, 36,
    ]);
    expect(rollouts.horizon).toBe(5);
    expect(prepared.hasTruth(7, 1)).toBe(true);
    expect(prepared.hasTruth(7, 2)).toBe(false);
    expect(prepared.hasTruth(7, 0.5)).toBe(false);
    expect(await prepared.truthAt(8, 1)).toBeNull();
    expect((await prepared.truthAt(9, 8))![0]).toBe(value(1, 8, 0, 0));
    expect(prepared.label(prepared.after(8, 2))).toBe('trajectory 0, 5 s');
    // The same time after the start of each training trajectory is the climatology.
    expect(prepared.trainingEnsemble(6 * 9 + 4).map((frame) => frame[0])).toEqual(
      [0, 1, 2, 3, 4].map((k) => value(k, 4, 0, 0)),
    );
    expect(prepared.trainingEnsemble(prepared.after(62, 3))[2]![0]).toBe(value(2, 8, 0, 0));
    await prepared.close();
  });

  it('counts strides from the start of each trajectory', async () => {
    const { summary, open } = await prepare([write()], { stride: 4 });
    expect(summary.splits.train.examples).toBe(5 * 2);
    const prepared = await open();
    const test = prepared.examples('test');
    expect([test.timeIndex(0), test.timeIndex(1)]).toEqual([54, 58]);
    expect(prepared.examples('test', 3, 1).count).toBe(6);
    await prepared.close();
  });

  it('knows trajectories by name or role, and takes one of them alone where a slice says so', async () => {
    for (const dimension of ['run', 'sample', 'case', 'traj']) {
      const { summary } = await prepare([write({ dimension })]);
      expect(summary.trajectories).toEqual({ count: 7, length: 9 });
    }
    const { summary, open } = await prepare([write({ times: 30 })], { slices: { trajectory: 5 } });
    expect(summary).toMatchObject({ times: 30 });
    expect(summary.trajectories).toBeUndefined();
    const prepared = await open();
    expect((await prepared.frame(4))[0]).toBe(value(5, 4, 0, 0));
    expect(prepared.label(4)).toBe('2 s');
    await prepared.close();
  });

  it('joins files along trajectories, also of one each, when their clocks agree', async () => {
    const shifted = (by: number) => ({
      u: (k: number, t: number, y: number, x: number) => value(k + by, t, y, x),
    });
    const whole = await prepare([write()]);
    const joined = await prepare([
      write({ trajectories: 3 }),
      write({ trajectories: 4, variables: shifted(3) }),
    ]);
    expect(joined.fingerprint).toBe(whole.fingerprint);
    const single = (by: number) => write({ trajectories: 1, dimension: null, variables: shifted(by) });
    const singles = await prepare([0, 1, 2, 3, 4, 5, 6].map(single));
    expect(singles.fingerprint).toBe(whole.fingerprint);
    await expect(prepare([write(), write({ step: 0.7 })])).rejects.toThrow(/different times/);
    await expect(
      prepare([single(0), write({ trajectories: 1, dimension: null, times: 12 })]),
    ).rejects.toThrow(/cannot be joined/);
  });

  it('fills gaps inside of trajectories alone and cuts the same period out of each', async () => {
    const holes = (k: number, t: number, y: number, x: number) =>
      y === 0 && x === 0 && ((k === 1 && t === 4) || (k === 2 && t === 0)) ? Number.NaN : value(k, t, y, x);
    const { summary, open } = await prepare([write({ variables: { u: holes } })]);
    expect(summary.filledValues).toBe(1);
    expect(summary.splits.train.droppedForGaps).toBe(1);
    const prepared = await open();
    expect((await prepared.frame(13))[0]).toBe(value(1, 4, 0, 0));
    expect((await prepared.frame(18))[0]).toBeNaN();
    await prepared.close();
    const cut = await prepare([write()], { period: { from: '1', to: '3' } });
    expect(cut.summary.trajectories).toEqual({ count: 7, length: 5 });
    const later = await cut.open();
    expect((await later.frame(5))[0]).toBe(value(1, 2, 0, 0));
    expect(later.label(5)).toBe('trajectory 1, 1 s');
    await later.close();
  });

  it('learns its statistics from training trajectories alone', async () => {
    const spoiled = (k: number, t: number, y: number, x: number) => (k >= 5 ? 1e6 : value(k, t, y, x));
    const a = await prepare([write()], { normalisation: 'per-channel' });
    const b = await prepare([write({ variables: { u: spoiled } })], { normalisation: 'per-channel' });
    const [first, second] = [await a.open(), await b.open()];
    const frames = [await first.frame(3), await second.frame(3)];
    first.normaliser.normalise(frames[0]!, 3);
    second.normaliser.normalise(frames[1]!, 3);
    expect(frames[0]).toEqual(frames[1]);
    await first.close();
    await second.close();
    const anomalies = await prepare([write()], { normalisation: 'seasonal-anomaly' });
    expect(anomalies.summary.warnings.join(' ')).toContain('no season to remove');
  });
});
