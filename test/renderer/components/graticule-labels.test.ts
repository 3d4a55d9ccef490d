import { describe, expect, it } from 'vitest';
import { graticuleLabels } from '../../../renderer/components/graticule-labels.ts';

const lines = (values: number[]) =>
  values.map((value, at) => ({ value, at: (at + 1) / (values.length + 1) }));

describe('labels of a graticule', () => {
  it('tell fractions of degrees apart', () => {
    const { lines: kept, decimals } = graticuleLabels(lines([-42.5, -42, -41.5]), 400, 18);
    expect([kept.length, decimals]).toEqual([3, 1]);
  });

  it('stay round where only some have room', () => {
    const { lines: kept, decimals } = graticuleLabels(lines([-4, -2, 0, 2, 4]), 60, 18);
    expect([kept.map(({ value }) => value), decimals]).toEqual([[-4, 0, 4], 0]);
  });

  it('are one at least, and none without lines', () => {
    expect(graticuleLabels(lines([-4, -2, 2, 4]), 5, 18).lines).toHaveLength(1);
    expect(graticuleLabels([], 100, 18)).toEqual({ lines: [], decimals: 0 });
  });
});
