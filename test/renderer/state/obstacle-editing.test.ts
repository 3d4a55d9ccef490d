/** Obstacles placed by hand: kept where they can be, judged in sentences. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { navierStokesSettingsSchema, type Obstacle } from '#shared/domain/simulations/navier-stokes.ts';
import { checkObstacles } from '#shared/domain/simulations/obstacles.ts';
import {
  blocksChannel,
  freePlace,
  judgeObstacles,
  keptInChannel,
} from '../../../renderer/state/obstacle-editing.ts';

const anywhere = fc.record({
  x: fc.double({ min: -5, max: 5, noNaN: true }),
  y: fc.double({ min: -2, max: 2, noNaN: true }),
  radius: fc.double({ min: 0, max: 1, noNaN: true }),
});
const column = (x: number, ys: readonly number[], radius: number): Obstacle[] =>
  ys.map((y) => ({ x, y, radius }));

describe('an obstacle that is dragged', () => {
  it('ends where the simulator takes it', () => {
    fc.assert(
      fc.property(anywhere, (obstacle) => {
        const placed = [keptInChannel(obstacle)];
        checkObstacles(navierStokesSettingsSchema.parse({ placed }));
        expect(keptInChannel(placed[0]!)).toEqual(placed[0]);
      }),
    );
  });

  it('stays where it is when it may be there', () => {
    const obstacle = { x: 1.1, y: 0.2, radius: 0.07 };
    expect(keptInChannel(obstacle)).toEqual(obstacle);
  });
});

describe('placed obstacles', () => {
  it('are refused near the ends, by number and with what to do', () => {
    const { problem } = judgeObstacles([
      { x: 1, y: 0.2, radius: 0.05 },
      { x: 0.08, y: 0.2, radius: 0.05 },
    ]);
    expect(problem).toMatch(/^Obstacle 2 is too close to an end of the channel\. Keep 0\.05 m/);
  });

  it('are refused where they close the channel, in whatever order they touch', () => {
    const wall = column(1, [0.1, 0.31, 0.205], 0.11);
    expect(blocksChannel(wall)).toBe(true);
    expect(blocksChannel([...wall].reverse())).toBe(true);
    expect(judgeObstacles(wall).problem).toMatch(/nothing can flow by/);
    expect(blocksChannel(column(1, [0.1, 0.32], 0.1))).toBe(false);
    expect(blocksChannel([])).toBe(false);
  });

  it('are advised on where few cells are left to flow through', () => {
    expect(judgeObstacles([{ x: 1, y: 0.07, radius: 0.05 }]).advice[0]).toMatch(/the wall only 2\.0 cm/);
    const near = judgeObstacles([
      { x: 1, y: 0.2, radius: 0.05 },
      { x: 1.11, y: 0.2, radius: 0.05 },
    ]);
    expect(near).toMatchObject({ problem: null });
    expect(near.advice[0]).toMatch(/obstacles 1 and 2 only 1\.0 cm/);
  });

  it('find a free place for one more', () => {
    const obstacles: Obstacle[] = [];
    for (let count = 0; count < 10; count += 1) obstacles.push(freePlace(obstacles));
    expect(judgeObstacles(obstacles)).toEqual({ problem: null, advice: [] });
  });
});
