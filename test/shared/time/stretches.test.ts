import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { millisPerDay, toMillis } from '#shared/time/dates.ts';
import { parseStep, suggestedStep } from '#shared/time/step-text.ts';
import { describeGaps, longestOf, stretchesOf } from '#shared/time/stretches.ts';

const day = millisPerDay;
const dates = (values: number[]) => ({ values, calendar: 'standard' as const, units: '' });
const start = { calendar: 'standard' as const, year: 2000, month: 1, day: 1 };
const noon = { hour: 12, minute: 0, second: 0, millisecond: 0 };
const at = (days: number) => toMillis({ ...start, ...noon }) + days * day;

describe('stretches of an irregular series', () => {
  it('are what lies between the gaps, in order and whole', () => {
    const lengths = fc.array(fc.integer({ min: 3, max: 12 }), { minLength: 1, maxLength: 6 });
    const gaps = fc.array(fc.double({ min: 1.1, max: 40, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(lengths, gaps, fc.constantFrom(1, 6, 24 * 5), (sizes, between, hours) => {
        const step = hours / 24;
        const values: number[] = [];
        let next = 0;
        for (const [i, size] of sizes.entries()) {
          for (let k = 0; k < size; k++) values.push(at(next + k * step));
          next += (size - 1 + between[i]!) * step;
        }
        const found = stretchesOf(dates(values))!;
        expect(found.ranges.map(({ first, end }) => end - first)).toEqual(sizes);
        expect(found.ranges[0]!.first).toBe(0);
        for (const [i, { first }] of found.ranges.slice(1).entries())
          expect(first).toBe(found.ranges[i]!.end);
        expect(found.usual).toBeCloseTo(step * day, 0);
      }),
    );
  });

  it('know months, which differ in length', () => {
    const months = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12].map((month) =>
      toMillis({ ...start, ...noon, year: 2001 + Math.floor(month / 12), month: 1 + (month % 12), day: 15 }),
    );
    const found = stretchesOf(dates(months))!;
    expect(found).toMatchObject({
      step: '1 month',
      ranges: [
        { first: 0, end: 6 },
        { first: 6, end: 11 },
      ],
    });
    expect(describeGaps(dates(months), found)).toBe(
      'The usual step of 1 month is broken 1 time: from 2001-06-15T12:00:00 to 2001-09-15T12:00:00 (92 days). The longest regular stretch goes from 2001-01-15T12:00:00 to 2001-06-15T12:00:00 (6 times).',
    );
  });

  it('do not exist where times go back or are missing, and are single times where nothing repeats', () => {
    expect(stretchesOf(dates([at(0), at(2), at(1)]))).toBeNull();
    expect(stretchesOf(dates([at(0), Number.NaN, at(1)]))).toBeNull();
    expect(stretchesOf(dates([at(1)]))).toBeNull();
    const { ranges, step } = stretchesOf({ values: [0, 1, 3, 7, 15], calendar: null, units: 's' })!;
    expect(longestOf(ranges)).toEqual({ first: 0, end: 2 });
    expect(step).toBe('1 s');
  });
});

describe('steps as text', () => {
  it('are read with their units, and suggested as they are read', () => {
    expect(parseStep('1d', null)).toEqual({ kind: 'millis', millis: day });
    expect(parseStep('6 hours', null)).toEqual({ kind: 'millis', millis: day / 4 });
    expect(parseStep('2mo', null)).toEqual({ kind: 'months', months: 2, placement: 'start' });
    expect(parseStep('1y', null)).toEqual({ kind: 'months', months: 12, placement: 'start' });
    expect(parseStep('0.08', 's')).toBe(0.08);
    expect(parseStep('0.08 s', 's')).toBe(0.08);
    for (const [text, units] of [
      ['', null],
      ['1', null],
      ['-1d', null],
      ['1.5mo', null],
      ['1d', 's'],
    ] as const)
      expect(() => parseStep(text, units)).toThrow(/no step of time/);
    const differences = [day, 5 * day, 30 * day, 31 * day, 365 * day, day / 4, 90_000, 600_000];
    expect(differences.map((difference) => suggestedStep(difference, true))).toEqual([
      '1d',
      '5d',
      '1mo',
      '1mo',
      '1y',
      '6h',
      '90s',
      '10min',
    ]);
  });
});
