import { describe, expect, it } from 'vitest';
import type { SimulationTask, Simulator } from '#main/engine/simulators/simulator.ts';
import { springMesh, springMesh3d } from '#main/engine/simulators/spring-mesh/simulators.ts';
import {
  type SpringMesh3dSettings,
  type SpringMeshSettings,
  springMesh3dSettingsSchema,
  springMeshSettingsSchema,
} from '#shared/domain/simulations/spring-mesh.ts';

const plane = (some: Partial<SpringMeshSettings>) => springMeshSettingsSchema.parse(some);
const space = (some: Partial<SpringMesh3dSettings>) => springMesh3dSettingsSchema.parse(some);

async function framesOf<Settings>(
  simulator: Simulator<Settings>,
  settings: Settings,
  task: Partial<SimulationTask> = {},
): Promise<Float32Array[][]> {
  const frames: Float32Array[][] = [];
  await simulator.simulate(settings, {
    trajectory: 0,
    seed: 1,
    ...task,
    onFrame: (index, fields) => {
      expect(index).toBe(frames.length);
      frames.push(fields.map((field) => field.slice()));
    },
  });
  return frames;
}

describe('the spring mesh', () => {
  it('has the paper’s layout', () => {
    const layout = springMesh.layout(plane({}));
    expect(layout.variables.map(({ name }) => name)).toEqual(['px', 'py', 'qx', 'qy']);
    expect(layout.space.map(({ name, values }) => [name, values.length])).toEqual([
      ['y', 10],
      ['x', 10],
    ]);
    expect(layout.time.values.length).toBe(805);
    expect(layout.time.values[804]).toBeCloseTo(804 * 0.00781, 12);
    expect(layout.masks).toEqual(['fixed_mask']);
    expect(layout.tables.map(({ name, dims }) => [name, ...dims.map(({ size }) => size)])).toEqual([
      ['edges', 342, 2],
      ['rest_length', 342],
      ['vertices', 100, 2],
    ]);
    for (const { dims, values } of layout.tables) {
      expect(values.length).toBe(dims.reduce((product, { size }) => product * size, 1));
    }
    expect(layout.attributes.driftcast_system).toBe('spring-mesh');
  });

  it('starts without momentum, displaced within the ring, held at the top row', async () => {
    const settings = plane({ minDisplacement: 0.35, maxDisplacement: 0.45, frames: 30, columns: 12 });
    let mask = new Float32Array();
    const frames = await framesOf(springMesh, settings, {
      onStatics: ([field]) => {
        expect(field!.name).toBe('fixed_mask');
        mask = field!.values.slice();
      },
    });
    expect([...mask]).toEqual(Array.from({ length: 120 }, (_, node) => Number(node >= 108)));
    expect(frames.length).toBe(30);
    const [px, py, qx, qy] = frames[0]!;
    expect([...px!, ...py!].every((value) => value === 0)).toBe(true);
    qx!.forEach((x, node) => {
      const radius = Math.hypot(x - (node % 12), qy![node]! - Math.floor(node / 12));
      if (mask[node]) expect(radius).toBe(0);
      else expect(radius).toBeGreaterThan(0.35 - 1e-6);
      expect(radius).toBeLessThan(0.45 + 1e-6);
    });
    const last = frames.at(-1)!;
    mask.forEach((held, node) => {
      if (held) expect(last.map((field) => field[node])).toEqual([0, 0, node % 12, 9]);
    });
    expect(Math.max(...last[0]!.map(Math.abs))).toBeGreaterThan(0.05);
  });

  it('draws displacements uniformly over the area', async () => {
    const inner = 0.3;
    let [within, all, right] = [0, 0, 0];
    for (let trajectory = 0; trajectory < 20; trajectory++) {
      const settings = plane({
        columns: 20,
        rows: 21,
        frames: 2,
        minDisplacement: 0.1,
        maxDisplacement: 0.5,
      });
      const [first] = await framesOf(springMesh, settings, { trajectory });
      const [, , qx, qy] = first!;
      for (let node = 0; node < 400; node++) {
        const dx = qx![node]! - (node % 20);
        within += Number(Math.hypot(dx, qy![node]! - Math.floor(node / 20)) < inner);
        right += Number(dx > 0);
        all++;
      }
    }
    // Standard error 0.0053 of 8000 draws.
    expect(within / all).toBeCloseTo((0.09 - 0.01) / (0.25 - 0.01), 1);
    expect(Math.abs(within / all - 1 / 3)).toBeLessThan(0.02);
    expect(Math.abs(right / all - 0.5)).toBeLessThan(0.02);
  });

  it('is the same for the same seed and trajectory, and differs between them', async () => {
    const settings = plane({ frames: 20 });
    const first = await framesOf(springMesh, settings, { trajectory: 3 });
    expect(await framesOf(springMesh, settings, { trajectory: 3 })).toEqual(first);
    expect((await framesOf(springMesh, settings, { trajectory: 4 }))[0]).not.toEqual(first[0]);
    expect((await framesOf(springMesh, settings, { trajectory: 3, seed: 2 }))[0]).not.toEqual(first[0]);
  });

  it('can be pulled at a node', async () => {
    const settings = plane({
      maxDisplacement: 0,
      frames: 40,
      displacements: [{ node: [4, 0], dx: 0.5, dy: -1 }],
    });
    const frames = await framesOf(springMesh, settings);
    const [, , qx, qy] = frames[0]!;
    expect([qx![4], qy![4]]).toEqual([4.5, -1]);
    expect([qx![5], qy![5]]).toEqual([5, 0]);
    // Let go, it springs back towards where it was, and takes its neighbours along.
    const [, py] = frames.at(-1)!;
    expect(py![4]).toBeGreaterThan(0.1);
    expect(py![14]).toBeLessThan(-0.01);
  });

  it.each([
    [plane({ minDisplacement: 0.4 }), /least displacement, 0.4, is more than the largest, 0.35/],
    [
      plane({ displacements: [{ node: [10, 0], dx: 1, dy: 0 }] }),
      /node \(10, 0\).*not in a mesh of 10 columns/,
    ],
    [plane({ displacements: [{ node: [2, 9], dx: 1, dy: 0 }] }), /node \(2, 9\) is held/],
  ])('refuses what cannot be', async (settings, sentence) => {
    expect(() => springMesh.layout(settings)).toThrow(sentence);
    await expect(framesOf(springMesh, settings)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const settings = plane({ columns: 64, rows: 64, frames: 100_000 });
    await expect(framesOf(springMesh, settings, { signal: controller.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('says so when steps are too long to be stable', async () => {
    const settings = plane({ stiffness: 100, mass: 0.01, interval: 1, substeps: 1 });
    await expect(framesOf(springMesh, settings)).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/diverged before frame \d+ of trajectory 0/),
    });
  });
});

describe('the spring mesh in 3D', () => {
  it('is a cloth or a lattice with six channels', () => {
    const cloth = springMesh3d.layout(space({ columns: 7, rows: 5 }));
    expect(cloth.variables.map(({ name }) => name)).toEqual(['px', 'py', 'pz', 'qx', 'qy', 'qz']);
    expect(cloth.space.map(({ name }) => name)).toEqual(['y', 'x']);
    const lattice = springMesh3d.layout(space({ shape: 'lattice', columns: 7, rows: 5, layers: 3 }));
    expect(lattice.space.map(({ name, values }) => [name, values.length])).toEqual([
      ['z', 3],
      ['y', 5],
      ['x', 7],
    ]);
    expect(lattice.tables.find(({ name }) => name === 'vertices')!.values.slice(-3)).toEqual(
      Float64Array.from([6, 4, 2]),
    );
  });

  it('holds the last row of a cloth and the last layer of a lattice', async () => {
    const masks: number[][] = [];
    for (const shape of ['cloth', 'lattice'] as const) {
      const settings = space({ shape, columns: 3, rows: 2, layers: 2, frames: 2 });
      await framesOf(springMesh3d, settings, {
        onStatics: ([field]) => {
          masks.push([...field!.values]);
        },
      });
    }
    expect(masks).toEqual([
      [0, 0, 0, 1, 1, 1],
      [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1],
    ]);
  });

  it('falls with gravity and moves out of its plane', async () => {
    const settings = space({ columns: 5, rows: 5, gravity: 0.05, frames: 200, interval: 0.1 });
    const frames = await framesOf(springMesh3d, settings);
    // The mean height of free nodes, at rest (0 + 1 + 2 + 3) / 4, over all later times.
    const heights = frames.slice(100).flatMap((frame) => [...frame[4]!.subarray(0, 20)]);
    const mean = heights.reduce((sum, height) => sum + height, 0) / heights.length;
    expect(mean).toBeLessThan(1.5 - 0.05);
    expect(mean).toBeGreaterThan(1.5 - 0.5);
    const [, , , qx, qy, qz] = frames[0]!;
    const reach = qx!.map((x, node) =>
      Math.hypot(x - (node % 5), qy![node]! - Math.floor(node / 5), qz![node]!),
    );
    expect(Math.max(...reach)).toBeLessThan(0.35 + 1e-6);
    expect(Math.max(...qz!.map(Math.abs))).toBeGreaterThan(0.05);
  });

  it('keeps a mesh in the plane when it starts there', async () => {
    const displacements = [{ node: [1, 1] as [number, number], dx: 0.4, dy: 0.2, dz: 0 }];
    const settings = space({ columns: 4, rows: 4, maxDisplacement: 0, displacements, frames: 50 });
    const twin = plane({ columns: 4, rows: 4, maxDisplacement: 0, displacements, frames: 50 });
    const three = (await framesOf(springMesh3d, settings)).at(-1)!;
    const two = (await framesOf(springMesh, twin)).at(-1)!;
    expect([three[0], three[1], three[3], three[4]]).toEqual(two);
    expect([...three[2]!, ...three[5]!].every((value) => value === 0)).toBe(true);
  });

  it('refuses a node outside of its layers', () => {
    const settings = space({
      shape: 'lattice',
      layers: 3,
      displacements: [{ node: [0, 0, 2], dx: 0, dy: 0, dz: 1 }],
    });
    expect(() => springMesh3d.layout(settings)).toThrow('The node (0, 0, 2) is held');
  });
});
