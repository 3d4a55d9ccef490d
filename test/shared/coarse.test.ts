import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strideInPassing, thin, widen } from '#shared/coarse.ts';

const shape = { height: fc.integer({ min: 1, max: 17 }), width: fc.integer({ min: 1, max: 17 }) };

describe('coarse fields', () => {
  it('keep every n-th cell, which stands for those after it', () => {
    fc.assert(
      fc.property(fc.record({ ...shape, stride: fc.integer({ min: 1, max: 5 }) }), (one) => {
        const { height, width, stride } = one;
        const data = Float32Array.from({ length: height * width }, (_, cell) => cell);
        const coarse = thin({ data, height, width }, stride);
        expect([coarse.height, coarse.width]).toEqual([
          Math.ceil(height / stride),
          Math.ceil(width / stride),
        ]);
        const whole = widen(coarse, { height, width }, stride);
        const expected = data.map((_, cell) => {
          const [row, column] = [Math.floor(cell / width), cell % width];
          return (row - (row % stride)) * width + (column - (column % stride));
        });
        expect(whole.data).toEqual(expected);
      }),
    );
  });

  it('leave small fields as they are', () => {
    expect(strideInPassing({ height: 180, width: 360 })).toBe(1);
    expect(strideInPassing({ height: 720, width: 1440 })).toBe(3);
    expect(strideInPassing({ height: 4320, width: 8640 })).toBe(17);
  });
});
