/** Pictures of simulations: the mesh as seen and pulled, vorticity, the ocean's box. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMesh, nodeIndex, placeOfNode } from '#shared/domain/simulations/mesh.ts';
import { surfaceOceanSettingsSchema } from '#shared/domain/simulations/surface-ocean.ts';
import { evenGrid, vorticity } from '#shared/vorticity.ts';
import { partOfWay, trailPoints } from '../../../renderer/scenes/mesh-parts.ts';
import { alone } from '../../../renderer/scenes/mesh-scene.ts';
import {
  dragInSpace,
  nodesOnArea,
  nodeUnder,
  projectNodes,
  raised,
  springPaths,
  strainLimit,
  strains,
  viewOf,
} from '../../../renderer/scenes/mesh-view.ts';
import { calmOcean, flowValues, oceanGrid } from '../../../renderer/scenes/preview-fields.ts';
import { describeMesh } from '../../../renderer/text/meshes.ts';

describe('a mesh on the screen', () => {
  it('follows the mouse, from wherever it is seen', () => {
    const angle = fc.double({ min: -1.5, max: 1.5, noNaN: true });
    const shift = fc.double({ min: -9, max: 9, noNaN: true });
    fc.assert(
      fc.property(angle, angle, shift, shift, (yaw, pitch, right, up) => {
        const [dx, dy, dz] = dragInSpace({ yaw, pitch }, right, up);
        const moved = projectNodes(
          [
            [0, dx],
            [0, dy],
            [0, dz],
          ],
          { yaw, pitch },
        );
        expect(moved.x[1]! - moved.x[0]!).toBeCloseTo(right, 9);
        expect(moved.y[1]! - moved.y[0]!).toBeCloseTo(-up, 9);
      }),
    );
  });

  it('of the plane is pulled in the plane, and drawn with y upwards', () => {
    expect(dragInSpace({ yaw: 0, pitch: 0 }, 2, 3).map((part) => part + 0)).toEqual([2, 3, 0]);
    const mesh = buildMesh({ columns: 3, rows: 3, layers: 1 });
    const { x, y } = projectNodes(mesh.rest, { yaw: 0, pitch: 0 });
    expect([x[5], y[8]]).toEqual([2, -2]);
    const box = viewOf(mesh, [[0, 1, 2, 0, 1, 2, 0, 1, 9], mesh.rest[1], mesh.rest[2]], { yaw: 0, pitch: 0 });
    expect(box.left + box.width).toBeGreaterThan(9);
  });

  it('of the plane has its displacements as heights, which stay in view', () => {
    const mesh = buildMesh({ columns: 3, rows: 3, layers: 1 });
    const moved = [mesh.rest[0].map((x) => x + 0.3), mesh.rest[1].map((y) => y - 0.4), mesh.rest[2]] as const;
    const [x, y, z] = raised(mesh, moved, 10);
    expect([x, y]).toEqual([moved[0], moved[1]]);
    for (const height of Array.from(z)) expect(height).toBeCloseTo(5);
    expect(raised(mesh, moved, 0)).toBe(moved);
    const orbit = { yaw: 0.35, pitch: -1 };
    const { left, top, width, height } = viewOf(mesh, moved, orbit, 10);
    // However far a node goes and wherever it is then.
    for (const positions of [mesh.rest, raised(mesh, moved, 10), [...mesh.rest.slice(0, 2), z] as const]) {
      const seen = projectNodes(positions as typeof moved, orbit);
      for (const node of seen.x.keys()) {
        expect(seen.x[node]! - left).toBeGreaterThan(0);
        expect(left + width - seen.x[node]!).toBeGreaterThan(0);
        expect(seen.y[node]! - top).toBeGreaterThan(0);
        expect(top + height - seen.y[node]!).toBeGreaterThan(0);
      }
    }
  });

  it('may have as many nodes as are shown as a mesh', () => {
    const mesh = buildMesh({ columns: 200, rows: 200, layers: 1 });
    const orbit = { yaw: 0.35, pitch: -1 };
    expect(viewOf(mesh, mesh.rest, orbit, 10).width).toBeGreaterThan(200 * Math.cos(0.35));
    expect(describeMesh('Truth', { mesh, positions: mesh.rest, ...alone }, 10)).toMatch(
      /^Truth: mesh of 40,?000 nodes/,
    );
  });

  it('shows how far its springs are stretched', () => {
    const mesh = buildMesh({ columns: 2, rows: 2, layers: 1 });
    expect([...strains(mesh, mesh.rest)].every((strain) => Math.abs(strain) < 1e-12)).toBe(true);
    const wide = [mesh.rest[0].map((x) => 1.5 * x), mesh.rest[1], mesh.rest[2]] as const;
    const strain = strains(mesh, wide);
    expect(Math.max(...strain)).toBeCloseTo(0.5);
    expect(strainLimit(strain)).toBe(0.5);
    expect(strainLimit(strains(mesh, mesh.rest))).toBe(0.05);
    const paths = springPaths(mesh, projectNodes(wide, { yaw: 0, pitch: 0 }), strain, 0.5);
    expect(paths.reduce((count, { d }) => count + d.split('M').length - 1, 0)).toBe(strain.length);
  });
});

describe('nodes on the screen', () => {
  const mesh = buildMesh({ columns: 4, rows: 3, layers: 2 });
  const area = { width: 300, height: 500 };

  it('are found where they are seen, the foremost of those behind each other, and none beside them', () => {
    const turned = { orbit: { yaw: 0.6, pitch: -1 }, view: { left: -4, top: -5, width: 9, height: 9 } };
    const { x, y } = nodesOnArea(mesh.rest, turned, area);
    for (let node = 0; node < mesh.nodes; node += 1)
      expect(nodeUnder(mesh.rest, turned, area, { x: x[node]! + 1, y: y[node]! - 1 })).toBe(node);
    expect(nodeUnder(mesh.rest, turned, area, { x: 2, y: 2 })).toBeNull();
    const straight = { ...turned, orbit: { yaw: 0, pitch: 0 } };
    const over = nodesOnArea(mesh.rest, straight, area);
    const [back, front] = [nodeIndex(mesh, 1, 2, 0), nodeIndex(mesh, 1, 2, 1)];
    expect(over.x[back]).toBe(over.x[front]);
    expect(nodeUnder(mesh.rest, straight, area, { x: over.x[back]!, y: over.y[back]! })).toBe(front);
    expect(placeOfNode(mesh, front)).toEqual({ column: 1, row: 2, layer: 1 });
  });

  it('leave trails, but for those that stay', () => {
    const at = (x: number) =>
      [
        [x, 7],
        [0, 7],
        [0, 7],
      ] as const;
    const way = [at(0), at(1), at(3)];
    expect([...trailPoints(way)]).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 0, 3, 0, 0]);
    expect(trailPoints([])).toHaveLength(0);
    const parts = [0, 1, 2, 3].map((part) => partOfWay([0, 1, 2, 3, 4, 5, 6, 7, 8], part, 4));
    expect(parts).toEqual([
      [0, 1, 2],
      [2, 3, 4],
      [4, 5, 6],
      [6, 7, 8],
    ]);
  });
});

describe('a flow on the screen', () => {
  const size = { height: 5, width: 7 };
  const at = (value: (row: number, column: number) => number) =>
    Float32Array.from({ length: 35 }, (_, i) => value(Math.floor(i / 7), i % 7));

  it('turns with twice its rate of rotation', () => {
    const spin = vorticity(
      at((row) => -3 * row * 0.1),
      at((_, column) => 3 * column * 0.1),
      evenGrid(size, { x: 0.1, y: 0.1 }),
    );
    for (const value of spin) expect(value).toBeCloseTo(6, 4);
  });

  it('has the speed and the pressure of its fields', () => {
    const field = (name: string, value: number) => ({
      name,
      units: '',
      values: Array.from({ length: 35 }, () => value),
    });
    const preview = {
      ...{ trajectory: 0, trajectories: 1, frame: 0, frames: 2, time: 0, timeUnits: 's', layers: 1 },
      ...size,
      fields: [field('vx', 3), field('vy', -4), field('p', 7)],
    };
    expect(flowValues(preview, 'speed', 2.2)[9]).toBe(5);
    expect(flowValues(preview, 'pressure', 2.2)[9]).toBe(7);
    expect(flowValues(preview, 'vorticity', 2.2)[9]).toBe(0);
  });
});

describe('the ocean on the screen', () => {
  const settings = surfaceOceanSettingsSchema.parse({ rows: 32, columns: 40, spacing: 0.5, latitude: 10 });

  it('lies in the same box on coarser cells', () => {
    const fine = oceanGrid(settings);
    const coarse = oceanGrid(settings, 16, 20);
    expect(fine.latitudes).toHaveLength(32);
    expect(coarse.latitudes?.[0]).toBeCloseTo(((fine.latitudes?.[0] ?? 0) + (fine.latitudes?.[1] ?? 0)) / 2);
    expect(coarse.longitudes?.at(-1)).toBeCloseTo(settings.longitude + 9.5);
  });

  it('is as warm as its mean gradient says', () => {
    const calm = calmOcean(settings);
    expect(calm).toHaveLength(32 * 40);
    expect(calm[31 * 40]! - calm[0]!).toBeCloseTo(31 * 0.5 * settings.gradient, 4);
  });
});
