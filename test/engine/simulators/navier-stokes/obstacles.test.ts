import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { navierStokesSettingsSchema } from '#shared/domain/simulations/navier-stokes.ts';
import { obstaclesOf } from '#shared/domain/simulations/obstacles.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

describe('obstacles', () => {
  it('keep their distances from ends, walls and each other, and are the same for the same seed', () => {
    const radii = fc.constantFrom({ minRadius: 0.05, maxRadius: 0.1 }, { minRadius: 0.025, maxRadius: 0.05 });
    fc.assert(
      fc.property(
        seeds,
        fc.nat(200),
        fc.integer({ min: 0, max: 6 }),
        radii,
        (seed, trajectory, obstacles, range) => {
          const settings = navierStokesSettingsSchema.parse({ obstacles, ...range });
          const drawn = obstaclesOf(settings, seed, trajectory);
          expect(drawn).toHaveLength(obstacles);
          for (const [n, { x, y, radius }] of drawn.entries()) {
            expect(radius).toBeGreaterThanOrEqual(range.minRadius);
            expect(radius).toBeLessThanOrEqual(range.maxRadius);
            expect(Math.min(x, 2.2 - x) - radius).toBeGreaterThan(0.25 - 1e-9);
            expect(Math.min(y, 0.41 - y) - radius).toBeGreaterThan(0.05 - 1e-9);
            for (const other of drawn.slice(0, n))
              expect(Math.hypot(x - other.x, y - other.y) - radius - other.radius).toBeGreaterThan(
                0.05 - 1e-9,
              );
          }
          expect(obstaclesOf(settings, seed, trajectory)).toEqual(drawn);
          if (obstacles > 0) expect(obstaclesOf(settings, seed, trajectory + 1)).not.toEqual(drawn);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are where they were placed, if any were', () => {
    const placed = [{ x: 1, y: 0.05, radius: 0.06 }];
    const settings = navierStokesSettingsSchema.parse({ placed });
    expect(obstaclesOf(settings, 1, 0)).toEqual(placed);
  });

  it.each([
    [{ obstacles: 24, minRadius: 0.1 }, /no room for 24 obstacles/],
    [{ minRadius: 0.12, maxRadius: 0.1 }, /least radius, 0.12 m, is more than the largest/],
    [{ placed: [{ x: 0.1, y: 0.2, radius: 0.06 }] }, /too close to an end of the channel/],
    [{ placed: [{ x: 2.1, y: 0.2, radius: 0.1 }] }, /too close to an end of the channel/],
  ])('that cannot be are refused: %o', (input, message) => {
    const settings = navierStokesSettingsSchema.parse(input);
    expect(() => obstaclesOf(settings, 1, 0)).toThrow(message);
  });
});
