import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGeometry, openLength } from '#main/engine/simulators/navier-stokes/geometry.ts';
import { createGrid } from '#main/engine/simulators/navier-stokes/grid.ts';

const grid = createGrid(220, 41, 0.01);

describe('geometry of the flow', () => {
  it('takes from the fluid what the obstacles cover', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.4, max: 1.6, noNaN: true }),
        fc.double({ min: 0.13, max: 0.28, noNaN: true }),
        fc.double({ min: 0.03, max: 0.12, noNaN: true }),
        (x, y, radius) => {
          const { volume, fluid } = createGeometry(grid, [{ x, y, radius }]);
          const open = volume.reduce((sum, part) => sum + part, 0) * grid.spacing ** 2;
          // Slivers of up to 2 % of a cell are left to the obstacle.
          expect(Math.abs(2.2 * 0.41 - Math.PI * radius ** 2 - open)).toBeLessThan(2e-5);
          expect(volume.every((part, k) => (fluid[k] === 1) === part > 0)).toBe(true);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('counts overlapping obstacles once', () => {
    const circles = [
      { x: 0, y: 0, radius: 1 },
      { x: 0.5, y: 0, radius: 1 },
    ];
    expect(openLength(circles, -2, 0, 4, 'x')).toBeCloseTo(4 - 2.5, 12);
    expect(openLength(circles, 0.25, -2, 4, 'y')).toBeCloseTo(4 - 2 * Math.sqrt(1 - 0.0625), 12);
    expect(openLength([], 0, 0, 3, 'x')).toBe(3);
  });

  it('closes what fluid cannot reach and refuses a channel without a way through', () => {
    const ring = Array.from({ length: 12 }, (_, n) => ({
      x: 1 + 0.1 * Math.cos((n * Math.PI) / 6),
      y: 0.2 + 0.1 * Math.sin((n * Math.PI) / 6),
      radius: 0.03,
    }));
    const geometry = createGeometry(grid, ring);
    expect(geometry.fluid[21 * grid.stride + 101]).toBe(0);
    expect(geometry.openU[21 * grid.stride + 101]).toBe(0);
    const dam = [
      { x: 1, y: 0.2, radius: 0.2 },
      { x: 1, y: 0.4, radius: 0.05 },
      { x: 1, y: 0, radius: 0.05 },
    ];
    expect(() => createGeometry(grid, dam)).toThrow(/leave no way for the fluid/);
  });
});
