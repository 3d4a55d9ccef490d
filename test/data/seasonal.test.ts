import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TimeLine, timeAxisOf } from '#main/data/cf/timeAxis.ts';
import { GapFiller } from '#main/data/prepared/gaps.ts';
import { gramOf, sumCount, sumsAt } from '#main/data/prepared/gramSums.ts';
import {
  basisAt,
  chooseBasis,
  type SeasonalBasis,
  SeasonalFit,
  seasonalShare,
  termCount,
} from '#main/data/prepared/seasonal.ts';
import { splitRanges, windowStarts } from '#main/data/prepared/splits.ts';
import { sameSeasonTimes } from '#main/data/prepared/years.ts';
import type { PrepareSettings } from '#shared/domain/dataset.ts';

const daily = (n: number, calendar = 'standard') =>
  new TimeLine(
    timeAxisOf(
      Float64Array.from({ length: n }, (_, i) => i),
      'days since 2001-01-01',
      calendar,
    ),
  );
const monthly = (n: number) =>
  new TimeLine(
    timeAxisOf(
      Float64Array.from({ length: n }, (_, i) => i),
      'months since 2001-01-01',
      '360_day',
    ),
  );

describe('gaps in time', () => {
  const run = async (series: number[], longest: number) => {
    const out: number[] = [];
    const filler = new GapFiller(1, longest, (time, frame) => {
      expect(time).toBe(out.length);
      out.push(frame[0]!);
    });
    for (const [time, value] of series.entries()) await filler.push(time, Float32Array.of(value));
    await filler.finish();
    return { out, filled: filler.filled };
  };

  it('are filled linearly up to the limit, and left open beyond it and at the ends', async () => {
    const gap = Number.NaN;
    expect(await run([1, gap, gap, 4, gap, gap, gap, 8, gap], 2)).toEqual({
      out: [1, 2, 3, 4, gap, gap, gap, 8, gap],
      filled: 2,
    });
    expect((await run([gap, 1, gap, 3], 1)).out).toEqual([gap, 1, 2, 3]);
    expect((await run([1, gap, 3], 0)).out).toEqual([1, gap, 3]);
  });

  it('never change a value, and leave only gaps that are longer than the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.constant(Number.NaN), fc.integer({ min: -9, max: 9 }))),
        fc.nat(4),
        async (series, longest) => {
          const { out } = await run(series, longest);
          expect(out.length).toBe(series.length);
          for (const [i, value] of series.entries()) if (!Number.isNaN(value)) expect(out[i]).toBe(value);
          const inner = out
            .map((v) => (Number.isNaN(v) ? '.' : 'x'))
            .join('')
            .replace(/^\.+|\.+$/g, '');
          for (const open of inner.match(/\.+/g) ?? []) expect(open.length).toBeGreaterThan(longest);
        },
      ),
    );
  });
});

describe('the seasonal cycle', () => {
  const fitOf = (basis: SeasonalBasis, line: TimeLine, value: (t: number) => number) => {
    const fit = new SeasonalFit(basis, 1);
    for (let t = 0; t < line.count; t++) fit.add(basisAt(basis, line.date(t)), Float32Array.of(value(t)));
    return fit.finish();
  };
  const at = (basis: SeasonalBasis, coefficients: Float32Array, line: TimeLine, t: number) =>
    basisAt(basis, line.date(t)).reduce((sum, b, k) => sum + b * coefficients[k]!, 0);

  it('chooses what the training dates can determine', () => {
    const dates = (line: TimeLine) => Array.from({ length: line.count }, (_, t) => line.date(t)!);
    expect(chooseBasis(dates(monthly(36)), 12)).toEqual({ kind: 'months' });
    expect(chooseBasis(dates(monthly(14)), 12)).toEqual({ kind: 'harmonics', count: 2 });
    expect(chooseBasis(dates(monthly(6)), 12)).toEqual({ kind: 'harmonics', count: 0 });
    expect(chooseBasis(dates(daily(800)), 365.2425)).toEqual({ kind: 'harmonics', count: 4 });
    expect(chooseBasis(dates(daily(800)), null)).toEqual({ kind: 'harmonics', count: 0 });
  });

  it('finds a smooth cycle exactly, also around 300 K and with times missing', () => {
    const line = daily(1461);
    const basis = { kind: 'harmonics', count: 4 } as const;
    const cycle = (t: number) =>
      290 + basisAt(basis, line.date(t)).reduce((s, b, k) => s + b * Math.sin(k + 1), 0);
    for (const missing of [() => false, (t: number) => t % 7 === 0, (t: number) => t < 500]) {
      const fit = fitOf(basis, line, (t) => (missing(t) ? Number.NaN : cycle(t)));
      for (const t of [0, 100, 777, 1460])
        expect(at(basis, fit.coefficients, line, t)).toBeCloseTo(cycle(t), 3);
      expect(fit.anomalyDeviation[0]).toBeLessThan(1e-3);
      expect(seasonalShare(fit)).toBeGreaterThan(0.999);
    }
  });

  it.each([
    { kind: 'months' },
    ...[0, 1, 2, 4].map((count) => ({ kind: 'harmonics', count }) as const),
  ] as SeasonalBasis[])('keeps all products of $kind $count in few sums', (basis) => {
    const line = daily(500);
    const sums = new Float64Array(sumCount(basis));
    const direct = new Float64Array(termCount(basis) ** 2);
    for (let t = 0; t < line.count; t += 3) {
      const row = basisAt(basis, line.date(t));
      sumsAt(basis, row).forEach((value, i) => {
        sums[i]! += value;
      });
      direct.forEach((_, i) => {
        direct[i]! += row[Math.floor(i / row.length)]! * row[i % row.length]!;
      });
    }
    expect(sums.length).toBeLessThanOrEqual(17);
    gramOf(basis, sums).forEach((value, i) => {
      expect(value).toBeCloseTo(direct[i]!, 9);
    });
  });

  it('equals the means of the months where it has one term each', () => {
    const line = monthly(36);
    const basis = { kind: 'months' } as const;
    const value = (t: number) => Math.cos(t) + t / 10;
    const { coefficients, mean } = fitOf(basis, line, value);
    for (let m = 0; m < 12; m++) {
      expect(coefficients[m]).toBeCloseTo((value(m) + value(m + 12) + value(m + 24)) / 3, 4);
    }
    expect(mean[0]).toBeCloseTo(
      Array.from({ length: 36 }, (_, t) => value(t)).reduce((a, b) => a + b) / 36,
      4,
    );
    expect(fitOf(basis, line, () => Number.NaN).mean[0]).toBeNaN();
  });

  it('has one field of each complete training year at the same season, also beyond the data', () => {
    const line = monthly(60);
    expect(sameSeasonTimes(line, { first: 0, end: 42 }, 12, 50)).toEqual([2, 14, 26]);
    expect(sameSeasonTimes(line, { first: 5, end: 42 }, 12, 75)).toEqual([15, 27, 39]);
    const days = daily(1461);
    expect(sameSeasonTimes(days, { first: 0, end: 1096 }, 365.2425, 1460)).toEqual([364, 729, 1094]);
    expect(sameSeasonTimes(days, { first: 0, end: 100 }, 365.2425, 1000).length).toBe(20);
  });
});

describe('splits and windows', () => {
  const periods = (a: string, b: string, c: string, d: string): Pick<PrepareSettings, 'split'> => ({
    split: {
      kind: 'periods',
      train: { from: null, to: a },
      validation: { from: b, to: c },
      test: { from: d, to: null },
    },
  });

  it('follow periods of inclusive prefixes and refuse overlaps', () => {
    const line = monthly(128);
    expect(splitRanges(line, periods('2008-06', '2008-07', '2009', '2010-01'))).toEqual({
      train: { first: 0, end: 90 },
      validation: { first: 90, end: 108 },
      test: { first: 108, end: 128 },
    });
    expect(() => splitRanges(line, periods('2009-02', '2008-07', '2009', '2010-01'))).toThrow(/overlap/);
    expect(() => splitRanges(line, periods('never', '2008-07', '2009', '2010-01'))).toThrow(/not a date/);
  });

  it('never share a frame, never straddle a border or a gap, and lose nothing else', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 120 }),
        fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10)).filter((shares) => shares.some((s) => s > 0)),
        fc.integer({ min: 2, max: 9 }),
        fc.uniqueArray(fc.nat(119), { maxLength: 5 }),
        (count, [a, b, c], horizon, gaps) => {
          const sum = a + b + c;
          const split = { kind: 'fractions', train: a / sum, validation: b / sum, test: c / sum } as const;
          const ranges = splitRanges(daily(count), { split });
          const owner = new Map<number, string>();
          for (const [name, range] of Object.entries(ranges)) {
            const { starts, dropped } = windowStarts(range, horizon, (time) => gaps.includes(time));
            expect(starts.length + dropped).toBe(Math.max(0, range.end - range.first - horizon));
            for (const start of starts) {
              const times = Array.from({ length: horizon + 1 }, (_, i) => start + i);
              expect(times.filter((time) => gaps.includes(time))).toEqual([]);
              expect(times.filter((time) => (owner.get(time) ?? name) !== name)).toEqual([]);
              for (const time of times) owner.set(time, name);
            }
          }
          expect(ranges.train.end).toBe(ranges.validation.first);
          expect(ranges.test.end).toBe(count);
        },
      ),
      { numRuns: 40 },
    );
    const split = { kind: 'fractions', train: 0.9, validation: 0.2, test: 0.1 } as const;
    expect(() => splitRanges(daily(50), { split })).toThrow(/at most 1/);
  });
});
