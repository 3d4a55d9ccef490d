/** The time line's bars and labels, and the part of a long series that is shown. */
import { describe, expect, it } from 'vitest';
import { barPath, dateLabels } from '../../../renderer/components/time-line.ts';
import { lineAround, windowAround } from '../../../renderer/state/series-window.ts';

const months = Array.from(
  { length: 120 },
  (_, at) => `${2010 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}-01T00:00:00`,
);

describe('the time line', () => {
  it('draws one bar a time, none where all is missing', () => {
    const path = barPath({ dates: [], means: [1, null, 3] }, 0, 3, { width: 30, height: 20 });
    expect(path.match(/M/g)?.length).toBe(2);
    expect(path).toContain('v-20');
  });

  it('merges bars where there are more times than pixels', () => {
    const means = Array.from({ length: 5000 }, (_, at) => at % 7);
    const path = barPath({ dates: [], means }, 0, 5000, { width: 500, height: 20 });
    expect(path.match(/M/g)?.length).toBeLessThanOrEqual(500);
  });

  it('labels years, thinned to the room there is', () => {
    expect(dateLabels(months, 1000).map(({ text }) => text)).toContain('2015');
    expect(dateLabels(months, 150).length).toBeLessThan(5);
  });

  it('shows a long series around the forecast, with the dates beyond its end', () => {
    const dates = Array.from({ length: 1000 }, (_, at) => String(at));
    const means = dates.map(() => 1);
    const part = windowAround({ dates, means }, [{ kind: 'test', first: 900, end: 1000 }], 998, [
      '1000',
      '1001',
    ]);
    expect(part.dates.at(-1)).toBe('1001');
    expect(part.means.at(-1)).toBeNull();
    const [test] = part.spans;
    expect(part.dates.slice(test?.first, test?.end)[0]).toBe('900');
  });

  it('of trajectories shows the one of a forecast, and what follows on its own clock', () => {
    const dates = Array.from(
      { length: 80_000 },
      (_, at) => `trajectory ${Math.floor(at / 800)}, ${at % 800} s`,
    );
    const means = dates.map(() => 1);
    const line = lineAround({ times: 80_000, trajectories: { length: 800 } }, 2399);
    expect(line).toEqual({ first: 1600, end: 2400 });
    const part = windowAround(
      { dates, means },
      [{ kind: 'test', first: 1600, end: 4000 }],
      2399,
      ['trajectory 2, 800 s'],
      line,
    );
    expect(part.dates.slice(-2)).toEqual(['trajectory 2, 799 s', 'trajectory 2, 800 s']);
    expect(part.dates[2399 - part.first]).toBe('trajectory 2, 799 s');
    expect(part.dates.every((date) => date.startsWith('trajectory 2,'))).toBe(true);
    expect(lineAround({ times: 50 }, 20)).toEqual({ first: 0, end: 50 });
    expect(dateLabels(dates, 1000).length).toBeLessThan(100);
    expect(
      barPath({ dates, means }, 0, 80_000, { width: 500, height: 20 }).match(/M/g)?.length,
    ).toBeLessThanOrEqual(500);
  });
});
