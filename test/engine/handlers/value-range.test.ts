/** The colour scale of each channel of a forecast. */
import { expect, it } from 'vitest';
import { ValueRange } from '#main/engine/handlers/value-range.ts';

it('keeps the scales of interleaved channels apart', () => {
  // Two members of two cells with two channels each; the second channel is missing in the second cell.
  const members = Float32Array.of(1, 10, 2, Number.NaN, 3, 30, 2, Number.NaN);
  const truth = Float32Array.of(5, 10, 0, Number.NaN);
  const ranges = [0, 1].map((channel) => new ValueRange(2, channel));
  for (const range of ranges) range.add(members, 2, truth);
  expect(ranges.map((range) => range.result())).toEqual([
    { min: 0, max: 5, spreadMax: 1, errorMax: 3 },
    { min: 10, max: 20, spreadMax: 10, errorMax: 10 },
  ]);
});
