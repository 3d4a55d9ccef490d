import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { navierStokes } from '#main/engine/simulators/navier-stokes/navier-stokes.ts';
import type { SimulationTask } from '#main/engine/simulators/simulator.ts';
import {
  type NavierStokesSettings,
  navierStokesSettingsSchema,
} from '#shared/domain/simulations/navier-stokes.ts';

const settings = (input: Partial<NavierStokesSettings> = {}): NavierStokesSettings =>
  navierStokesSettingsSchema.parse({ refinement: 1, frames: 4, ...input });

async function run(input: Partial<NavierStokesSettings> = {}, task: Partial<SimulationTask> = {}) {
  const statics: Record<string, Float32Array> = {};
  const frames: Float32Array[][] = [];
  await navierStokes.simulate(settings(input), {
    trajectory: 0,
    seed: 1,
    onStatics: (fields) => {
      for (const { name, values } of fields) statics[name] = values.slice();
    },
    onFrame: (index, fields) => {
      expect(index).toBe(frames.length);
      frames.push(fields.map((field) => field.slice()));
    },
    ...task,
  });
  return { statics, frames };
}

const index = (row: number, column: number): number => row * 221 + column;

describe('Navier–Stokes simulator', () => {
  it('lays out the paper’s grid, times and variables', () => {
    const layout = navierStokes.layout(navierStokesSettingsSchema.parse({}));
    expect(layout.time.values).toHaveLength(65);
    expect(layout.time.values[64]).toBeCloseTo(5.12, 12);
    expect(layout.space.map(({ name, values }) => [name, values.length, values[0], values.at(-1)])).toEqual([
      ['y', 42, 0, 0.41],
      ['x', 221, 0, 2.2],
    ]);
    expect(layout.variables.map(({ name, units }) => [name, units])).toEqual([
      ['vx', 'm s-1'],
      ['vy', 'm s-1'],
      ['p', 'm2 s-2'],
    ]);
    expect(layout.masks).toEqual(['fixed_mask', 'obstacle_mask']);
  });

  it('starts at rest, turns the inflow on, and holds walls, inflow and obstacles', async () => {
    const obstacle = { x: 0.8, y: 0.2, radius: 0.08 };
    const { statics, frames } = await run({ placed: [obstacle] });
    const fixed = statics.fixed_mask!;
    const inObstacle = statics.obstacle_mask!;
    const wrong: string[] = [];
    expect(frames).toHaveLength(4);
    for (const [frame, [vx, vy, p]] of frames.entries()) {
      for (let row = 0; row < 42; row++) {
        const y = row / 100;
        const inflow = ((4 * y * (0.41 - y)) / 0.41 ** 2) * (1 - Math.exp(-5 * 0.08 * frame));
        expect(vx![index(row, 0)]).toBeCloseTo(inflow, 6);
        expect(p![index(row, 220)]).toBe(0);
        for (let column = 0; column < 221; column++) {
          const point = index(row, column);
          const covered = Math.hypot(column / 100 - obstacle.x, y - obstacle.y) <= obstacle.radius;
          const isWall = row === 0 || row === 41;
          const still = vx![point] === 0 && vy![point] === 0;
          if (inObstacle[point] !== (covered ? 1 : 0)) wrong.push(`obstacle mask at ${row}, ${column}`);
          if (fixed[point] !== (covered || isWall || column === 0 ? 1 : 0))
            wrong.push(`fixed mask at ${row}, ${column}`);
          if (covered && p![point] !== 0) wrong.push(`pressure at ${row}, ${column}`);
          if ((frame === 0 || covered || isWall) && !still) wrong.push(`velocity at ${row}, ${column}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    // The fluid in front of an obstacle is pressed against it, and all of it while it is sped up.
    const p = frames[3]![2]!;
    expect(p[index(20, 71)]).toBeGreaterThan(p[index(20, 89)]! + 0.1);
    expect(frames[0]![2]![index(20, 0)]).toBeGreaterThan(5);
  });

  it('gives the same numbers for the same seed and others for another trajectory', async () => {
    const first = await run({ frames: 3 }, { seed: 5, trajectory: 2 });
    const again = await run({ frames: 3 }, { seed: 5, trajectory: 2 });
    const other = await run({ frames: 2 }, { seed: 5, trajectory: 3 });
    const bytes = (fields: readonly Float32Array[]): string =>
      createHash('sha256')
        .update(Buffer.concat(fields.map((field) => new Uint8Array(field.buffer))))
        .digest('hex');
    expect(bytes(again.frames.flat())).toBe(bytes(first.frames.flat()));
    expect(bytes(Object.values(again.statics))).toBe(bytes(Object.values(first.statics)));
    expect(bytes(Object.values(other.statics))).not.toBe(bytes(Object.values(first.statics)));
    expect(first.frames.every((fields) => fields.every((field) => field.every(Number.isFinite)))).toBe(true);
  });

  it('stops when asked to, between frames and within them', async () => {
    const control = new AbortController();
    let frames = 0;
    const stopped = run(
      {},
      {
        signal: control.signal,
        onFrame: () => {
          if (++frames === 2) control.abort();
        },
      },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    expect(frames).toBe(2);

    const early = new AbortController();
    setTimeout(() => early.abort(), 0);
    await expect(run({ refinement: 2, interval: 10 }, { signal: early.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('refuses what cannot be and says when the flow diverged', async () => {
    await expect(run({ obstacles: 20, minRadius: 0.1 })).rejects.toMatchObject({ code: 'bad-input' });
    expect(() => navierStokes.layout(settings({ minRadius: 0.11 }))).toThrow(/least radius/);
    const broken = { ...settings(), peakVelocity: Number.NaN };
    const task = { trajectory: 3, seed: 1, onFrame: () => {} };
    await expect(navierStokes.simulate(broken, task)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('trajectory 3'),
    });
  });
});
