/** The same time under another name, and never one that is only near it. */
import { describe, expect, it } from 'vitest';
import { matchingTime } from '../../../renderer/state/matching-time.ts';

const months = ['2019-01-16', '2019-02-15', '2019-03-16'].map((day) => `${day}T12:00:00`);

describe('a time in another file', () => {
  it('is the same date, however it is written', () => {
    expect(matchingTime(['2019-03-01', '2019-03-02'], '2019-03-02T00:00:00', 'day')).toBe(1);
    expect(matchingTime(months, '2019-03-01', 'month')).toBe(2);
    expect(matchingTime(['2019-03-01T06:00:00', '2019-03-01T12:00:00'], '2019-03-01T12:00', 'time')).toBe(1);
    expect(matchingTime(['0 s', '0.24 s'], 'trajectory 3, 0.24 s', 'time')).toBe(1);
  });

  it('is none where there is none, or where several could be meant', () => {
    expect(matchingTime(months, '2019-04-01', 'month')).toBeNull();
    expect(matchingTime(['2019-03-01', '2019-03-02'], '2019-03', 'month')).toBeNull();
    expect(matchingTime(months, '2019-03-01', 'day')).toBeNull();
    expect(matchingTime(['0 s', '0.24 s'], '0.25 s', 'time')).toBeNull();
  });

  it('is the only one of a file that is valid always', () => {
    expect(matchingTime([''], '2019-03-01', 'day')).toBe(0);
  });
});
