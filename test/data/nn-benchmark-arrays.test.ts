/** The parts that nn-benchmark folders are read with: NumPy's arrays, and nodes put back on rows and columns. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridOfPositions } from '#main/data/nnBenchmark/grid.ts';
import { npyFile, npyValues, parseNpyHeader } from '#main/data/nnBenchmark/npy.ts';

describe('arrays and grids', () => {
  it('come back from NumPy files as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 50 }), (numbers) => {
        const file = npyFile('float64', [numbers.length], Float64Array.from(numbers));
        const header = parseNpyHeader(file);
        expect(header.offset % 64).toBe(0);
        expect([...npyValues(header, file)]).toEqual(numbers);
      }),
    );
  });

  it('are found whatever the order of the nodes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.nat()),
        (rows, columns, random) => {
          const count = rows * columns;
          const order = Array.from({ length: count }, (_, i) => ({ i, key: random.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ i }) => i);
          const positions = Float64Array.from(
            order.flatMap((cell) => [(cell % columns) * 0.1, Math.floor(cell / columns) * 3]),
          );
          const grid = gridOfPositions(positions)!;
          expect([grid.y.length, grid.x.length]).toEqual([rows, columns]);
          for (const [cell, node] of grid.nodes.entries()) expect(order[node]).toBe(cell);
        },
      ),
    );
  });
});
