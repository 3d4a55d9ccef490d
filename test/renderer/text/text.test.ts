/** Numbers, dates and places as people read them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  datePrefix,
  formatDate,
  formatLead,
  indexOfDate,
  lastIndexOfDate,
  rhythmOf,
} from '../../../renderer/text/dates.ts';
import {
  exactDecimals,
  formatBetween,
  formatBytes,
  formatCount,
  formatDistance,
  formatDuration,
  formatLatitude,
  formatLongitude,
  formatNumber,
  formatScore,
  formatSigned,
  formatUnits,
  niceLimits,
} from '../../../renderer/text/numbers.ts';

describe('numbers', () => {
  it('have a true minus sign, and none on zero', () => {
    expect(formatNumber(-1.25, 1)).toBe('−1.3');
    expect(formatNumber(-0.01, 1)).toBe('0.0');
    expect(formatSigned(2, 1)).toBe('+2.0');
    expect([formatDistance(12345.6, 'km'), formatDistance(3.61, 'cells')]).toEqual([
      '12 346 km',
      '3.6 cells',
    ]);
    expect(formatBetween(-1.25, 18, 1, '°C')).toBe('−1.3 – 18.0 °C');
    expect(formatBetween(-2, -1, 0, '')).toBe('−2 to −1');
    expect(formatNumber(Number.NaN, 1)).toBe('–');
  });

  it('are as long as they need to be', () => {
    expect([0.2413, 12.345, 0, 0.00012, null].map(formatScore)).toEqual([
      '0.241',
      '12.35',
      '0',
      '1.20e−4',
      '–',
    ]);
    expect(formatCount(1234567)).toBe('1 234 567');
    expect([512, 1_200_000, 4e9].map(formatBytes)).toEqual(['512 B', '1.2 MB', '4.0 GB']);
    expect([0.4, 40, 192, 7500, 300_000].map(formatDuration)).toEqual([
      '0.4 s',
      '40 s',
      '3 min 12 s',
      '2 h 5 min',
      '3 d 11 h',
    ]);
  });

  it('have units and hemispheres that people write', () => {
    expect(['degC', 'm s-1', 'Pa', '1'].map(formatUnits)).toEqual(['°C', 'm/s', 'Pa', '']);
    expect(formatUnits('m s-1, m2 s-2')).toBe('m/s, m²/s²');
    expect([formatLongitude(198), formatLongitude(180, 0), formatLatitude(-1)]).toEqual([
      '162.0° W',
      '180°',
      '1.0° S',
    ]);
  });

  it('find round limits that hold the range and can be written exactly', () => {
    const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        fc.pre(Math.abs(a - b) > 1e-3);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const { min, max } = niceLimits(low, high);
        expect(min).toBeLessThanOrEqual(low + 1e-9);
        expect(max).toBeGreaterThanOrEqual(high - 1e-9);
        expect(max - min).toBeLessThan((high - low) * 1.3);
        expect(Number(max.toFixed(exactDecimals(min, max)))).toBeCloseTo(max, 5);
      }),
    );
  });
});

describe('dates', () => {
  const months = ['2010-11-01T00:00:00', '2010-12-01T00:00:00', '2011-01-01T00:00:00'];

  it('are as fine as the series', () => {
    expect(rhythmOf(months)).toBe('month');
    expect(rhythmOf(['2000-01-15'])).toBe('day');
    const middles = [
      '2006-04-16T00:00:00',
      '2006-05-16T12:00:00',
      '2006-06-16T00:00:00',
      '2006-07-16T12:00:00',
    ];
    expect(rhythmOf(middles)).toBe('month');
    expect(rhythmOf(['2010-11-30T00:00:00', '2010-12-31T00:00:00', '2011-01-31T00:00:00'])).toBe('month');
    expect(rhythmOf(['2010-01-01T00:00:00', '2010-01-31T00:00:00', '2010-03-02T00:00:00'])).toBe('day');
    expect(rhythmOf(['2010-01-01T00:00:00', '2010-01-02T00:00:00'])).toBe('day');
    expect(rhythmOf(['2010-01-01T00:00:00', '2010-01-01T06:00:00'])).toBe('time');
    expect(formatDate('2019-03-01T00:00:00', 'month')).toBe('Mar 2019');
  });

  it('exist in other calendars too', () => {
    expect(formatDate('2010-02-30T00:00:00', 'day')).toBe('30 Feb 2010');
  });

  it('are found by prefix, inclusive at both ends', () => {
    expect(indexOfDate(months, '2010-12')).toBe(1);
    expect(indexOfDate(months, '2011')).toBe(2);
    expect(lastIndexOfDate(months, '2010')).toBe(1);
    expect(indexOfDate(months, 'next year')).toBeNull();
    expect(datePrefix(months[0] ?? '', 'month')).toBe('2010-11');
  });

  it('that are times of trajectories are written whole and found by it', () => {
    const times = ['trajectory 10, 0 s', 'trajectory 10, 0.24 s'];
    expect(datePrefix(times[1] ?? '', 'time')).toBe('trajectory 10, 0.24 s');
    expect(indexOfDate(times, 'trajectory 10, 0.24 s')).toBe(1);
    expect(indexOfDate(times, '0.24 s')).toBeNull();
  });

  it('give leads in the data’s own step', () => {
    expect([
      formatLead(3, '1 month'),
      formatLead(1, '1 day'),
      formatLead(2, '6 hours'),
      formatLead(4, ''),
    ]).toEqual(['3 months', '1 day', '12 hours', '4 steps']);
  });
});
