import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { type Dataset, prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { type TrajectoryFile, temporaryFolder, writeTrajectoryFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

async function open(file: TrajectoryFile, settings: Record<string, unknown> = {}) {
  const path = writeTrajectoryFile(folder, `simulated-${made++}.nc`, file);
  const parsed = prepareSettingsSchema.parse({
    variables: Object.keys(file.variables),
    horizon: 2,
    normalisation: 'none',
    ...settings,
  });
  const target = join(folder, `dataset-${made++}`);
  mkdirSync(target);
  const prepared = await prepareDataset({ files: [path], settings: parsed, folder: target });
  const dataset: Dataset = {
    formatVersion: 1,
    id: 't',
    name: 't',
    created: '',
    settings: parsed,
    ...prepared,
  };
  return openPrepared(target, dataset);
}

/** The same value everywhere but once in a corner: what never changes at all is refused. */
const still = (value: number) => (_k: number, t: number, y: number, x: number) =>
  t === 7 && y === 3 && x === 3 ? value / 2 : value;

const height = 5;
const width = 6;
/** Walls above and below, the inflow at x = 0, and an obstacle that moves with the trajectory. */
const fixed = (k: number, y: number, x: number) =>
  Number(y === 0 || y === height - 1 || x === 0 || (y === 2 && x === 2 + (k % 3)));
const channel: TrajectoryFile = {
  trajectories: 4,
  times: 8,
  height,
  width,
  step: 0.08,
  y: [0, 0.1025, 0.205, 0.3075, 0.41],
  x: [0, 0.44, 0.88, 1.32, 1.76, 2.2],
  variables: { vx: (k, t) => k + t, vy: (k, t) => k - t, p: still(0.5) },
  statics: {
    fixed_mask: fixed,
    obstacle_mask: (y: number, x: number) => Number(y === 2 && x === 2),
    roughness: (y: number) => y,
  },
  attributes: {
    driftcast_system: 'navier-stokes',
    driftcast_masks: 'fixed_mask obstacle_mask',
    driftcast_simulation: JSON.stringify({
      simulator: 'navier-stokes',
      settings: { peakVelocity: 1.5 },
      seed: 1,
    }),
  },
};

const mesh: TrajectoryFile = {
  trajectories: 3,
  times: 8,
  height: 4,
  width: 4,
  step: 0.00781,
  units: '1',
  variables: {
    px: (k, t) => k + t + 1,
    py: still(2),
    qx: (k, t, _y, x) => x + 0.125 * k + 0.5 * t,
    qy: (_k, t, y) => y + 0.25 * t,
  },
  statics: { fixed_mask: (y: number) => Number(y === 3) },
  attributes: { driftcast_system: 'spring-mesh', driftcast_masks: 'fixed_mask' },
};

describe('static masks', () => {
  it('that the file names become input channels, those of the own trajectory', async () => {
    const dataset = await open(channel);
    expect(dataset.dataset.system).toBe('navier-stokes');
    expect(dataset.dataset.summary.masks).toEqual(['fixed_mask', 'obstacle_mask']);
    expect(dataset.conditionChannels).toBe(2);
    const cells = height * width;
    // The middle of trajectory 1, and a time beyond the end of trajectory 2.
    const values = dataset.conditions([11, dataset.after(20, 30)])!;
    for (const [i, k] of [1, 2].entries()) {
      for (let cell = 0; cell < cells; cell++) {
        const [y, x] = [Math.floor(cell / width), cell % width];
        expect(values[(i * cells + cell) * 2]).toBe(fixed(k, y, x));
        expect(values[(i * cells + cell) * 2 + 1]).toBe(Number(y === 2 && x === 2));
      }
    }
    const test = dataset.examples('test');
    const own = (await test.conditions([0]))!;
    expect(own[(2 * width + 2 + 0) * 2]).toBe(fixed(3, 2, 2));
    expect(dataset.staticField('obstacle_mask', 0)![2 * width + 2]).toBe(1);
    expect(dataset.staticField('roughness', 0)).toBeNull();
    await dataset.close();
  });

  it('are chosen by name, follow other extra channels and are cut with the region', async () => {
    const dataset = await open(channel, {
      masks: ['roughness'],
      extraChannels: ['land-mask'],
      region: { kind: 'cells', firstRow: 1, lastRow: 3, firstColumn: 2, lastColumn: 4 },
    });
    expect(dataset.conditionChannels).toBe(2);
    const values = dataset.conditions([0])!;
    expect([...values]).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2, 1, 3, 1, 3, 1, 3]);
    const held = dataset.boundary(0)!.held;
    expect(held.filter((_, i) => i % 3 === 0)).toEqual(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0));
    await dataset.close();
    const none = await open(channel, { masks: [] });
    expect(none.conditionChannels).toBe(0);
    expect(none.dataset.summary.masks).toBeUndefined();
    expect(none.boundary(0)).not.toBeNull();
    await none.close();
  });

  it('are refused where they are no static field of the file', async () => {
    await expect(open(channel, { masks: ['land'] })).rejects.toThrow(/no variable "land"/);
    await expect(open(channel, { masks: ['vx'] })).rejects.toThrow(/vx in .* is no static field/);
  });
});

describe('boundary conditions', () => {
  it('of the channel: no slip where cells are fixed, and an inflow that rises with the clock of the trajectory', async () => {
    const dataset = await open(channel);
    const start = 1 * 8 + 3;
    const { held, values } = dataset.boundary(start)!;
    for (let cell = 0; cell < height * width; cell++) {
      const isFixed = fixed(1, Math.floor(cell / width), cell % width);
      expect([...held.subarray(cell * 3, cell * 3 + 3)]).toEqual([isFixed, isFixed, 0]);
    }
    for (const lead of [0, 1, 2.5, 40]) {
      const now = values(lead);
      const t = (3 + lead) * 0.08;
      for (const [row, y] of channel.y!.entries()) {
        const expected = ((1.5 * 4 * y * (0.41 - y)) / 0.41 ** 2) * (1 - Math.exp(-5 * t));
        expect(now[row * width * 3]).toBeCloseTo(expected, 6);
      }
      expect(now.filter((value, i) => value !== 0 && i % (width * 3) !== 0)).toHaveLength(0);
    }
    await dataset.close();
  });

  it('of the mesh: held nodes stay where the forecast began, without momentum', async () => {
    const dataset = await open(mesh);
    expect(dataset.dataset.system).toBe('spring-mesh');
    const start = 2 * 8 + 4;
    const { held, values } = dataset.boundary(start)!;
    const initial = await dataset.frame(start);
    const now = values(500);
    for (let i = 0; i < held.length; i++) {
      const isFixed = Math.floor(i / 16) === 3;
      expect(held[i]).toBe(Number(isFixed));
      expect(now[i]).toBe(isFixed && i % 4 >= 2 ? initial[i] : 0);
    }
    await dataset.close();
  });

  it('hold only for what says that it was simulated', async () => {
    const { attributes: _, ...plain } = channel;
    const dataset = await open(plain);
    expect(dataset.dataset.system).toBe('navier-stokes');
    expect(dataset.conditionChannels).toBe(0);
    expect(dataset.boundary(0)).toBeNull();
    await dataset.close();
    const { statics: __, ...bare } = channel;
    const unmasked = await open(bare);
    expect(unmasked.boundary(0)).toBeNull();
    await unmasked.close();
  });
});
