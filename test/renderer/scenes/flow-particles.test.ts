/** Particles go with the flow: round a vortex the right way and on their circle, and never through a wall. */
import { describe, expect, it } from 'vitest';
import { type Flow, FlowParticles, particleCount } from '../../../renderer/scenes/flow-particles.ts';
import { MapGeometry } from '../../../renderer/scenes/map-geometry.ts';

const [height, width] = [40, 80];
const plane = new MapGeometry({ height, width, latitudes: null, longitudes: null });

/** Rotation as of a solid body around the middle, counter-clockwise, in cells; at rest beyond a radius. */
function vortex(radius: number, signs: Flow['signs'] = [1, 1]): Flow {
  const u = new Float32Array(height * width);
  const v = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const [x, y] = [column + 0.5 - width / 2, row + 0.5 - height / 2];
      if (Math.hypot(x, y) > radius) continue;
      u[row * width + column] = -y * signs[0];
      v[row * width + column] = x * signs[1];
    }
  return { u, v, fastest: radius, signs };
}

/** Angle and radius, in cells, of a place of the picture around its middle. */
const polar = ([x, y]: readonly [number, number]) => {
  const [across, up] = [(x - 0.5) * width, (y - 0.5) * height];
  return { angle: Math.atan2(up, across), radius: Math.hypot(across, up) };
};

describe('particles', () => {
  it.each([
    [1, 1],
    [1, -1],
  ] as const)('turn counter-clockwise with a vortex and keep to their circle, axes %i and %i', (...signs) => {
    const particles = new FlowParticles(plane);
    particles.setFlow(vortex(18, signs));
    particles.place(0, 0.5 + 8 / width, 0.5);
    let before = polar(particles.places[0]!).angle;
    let turned = 0;
    for (let step = 0; step < 60; step += 1) {
      particles.advance(1 / 30);
      const { angle, radius } = polar(particles.places[0]!);
      const turn = Math.atan2(Math.sin(angle - before), Math.cos(angle - before));
      expect(turn).toBeGreaterThan(0);
      expect(Math.abs(radius / 8 - 1)).toBeLessThan(0.03);
      turned += turn;
      before = angle;
    }
    // The fastest crosses the map, 80 cells, in 6 s: 2 s at 8/18 of that speed on a circle of 8 cells.
    expect(turned).toBeCloseTo((80 / 6) * (8 / 18) * (2 / 8), 1);
  });

  it('never are in an obstacle, and never leave the map', () => {
    const flow = vortex(100);
    const solid = (row: number, column: number) => Math.hypot(row - 20, column - 25) < 6;
    for (let row = 0; row < height; row += 1)
      for (let column = 0; column < width; column += 1)
        if (solid(row, column)) flow.u[row * width + column] = flow.v[row * width + column] = Number.NaN;
    const particles = new FlowParticles(plane);
    particles.setFlow(flow);
    particles.advance(0.1);
    for (let step = 0; step < 120; step += 1) particles.advance(1 / 30);
    const lost = particles.places.filter(([x, y]) => {
      const [row, column] = [Math.floor(y * height), Math.floor(x * width)];
      return !(x >= 0 && x < 1 && y >= 0 && y < 1) || solid(row, column);
    });
    // One that was born on the obstacle is gone with the next step.
    expect(lost.length).toBeLessThan(particleCount * 0.05);
    for (const part of particles.strengths) expect(part >= 0 && part <= 1).toBe(true);
  });

  it('are where they were when the same is shown again', () => {
    const [one, other] = [new FlowParticles(plane), new FlowParticles(plane)];
    for (const particles of [one, other]) {
      particles.setFlow(vortex(30));
      particles.settle();
    }
    expect(one.segments).toEqual(other.segments);
    expect(one.strengths.some((strength) => strength > 0.3)).toBe(true);
  });

  it('go round the earth eastwards on a parallel, twice as fast in longitude at 60 degrees as at the equator', () => {
    const [rows, columns] = [36, 72];
    const earth = new MapGeometry({
      height: rows,
      width: columns,
      latitudes: Array.from({ length: rows }, (_, row) => -87.5 + 5 * row),
      longitudes: Array.from({ length: columns }, (_, column) => -177.5 + 5 * column),
    });
    const flow: Flow = {
      u: new Float32Array(rows * columns).fill(1),
      v: new Float32Array(rows * columns),
      fastest: 1,
      signs: [1, 1],
    };
    const particles = new FlowParticles(earth);
    particles.setFlow(flow);
    particles.place(0, 0.25, 0.5);
    // In the row of cells with 62.5 degrees north in its middle.
    particles.place(1, 0.25, (90 + 62.5) / 180);
    particles.place(2, 0.98, 0.5);
    for (let step = 0; step < 15; step += 1) particles.advance(1 / 30);
    const [slow, fast, around] = particles.places;
    const [way, longer] = [slow![0] - 0.25, fast![0] - 0.25];
    expect(way).toBeCloseTo(0.5 / 6, 3);
    expect(longer / way).toBeCloseTo(Math.cos((2.5 * Math.PI) / 180) / Math.cos((62.5 * Math.PI) / 180), 2);
    expect(around![0]).toBeCloseTo(0.98 + way - 1, 3);
    // No line crosses the flat map from one edge to the other.
    const { segments, strengths } = particles;
    for (let at = 0; at < strengths.length; at += 2)
      if (strengths[at]! > 0) expect(Math.abs(segments[2 * at]! - segments[2 * at + 2]!)).toBeLessThan(0.5);
  });

  it('feel at the date line what blows on both of its sides', () => {
    const [rows, columns] = [4, 8];
    const earth = new MapGeometry({
      height: rows,
      width: columns,
      latitudes: [-67.5, -22.5, 22.5, 67.5],
      longitudes: Array.from({ length: columns }, (_, column) => -157.5 + 45 * column),
    });
    // Northwards by 2 in the last column and by 1 elsewhere: by 1.5 where it meets the first one.
    const v = Float32Array.from({ length: rows * columns }, (_, cell) => (cell % columns === 7 ? 2 : 1));
    const particles = new FlowParticles(earth);
    particles.setFlow({ u: new Float32Array(rows * columns), v, fastest: 2, signs: [1, 1] });
    const places = [0, 1 - 1e-6, 0.5 / columns, 1 - 0.5 / columns];
    for (const [particle, x] of places.entries()) particles.place(particle, x, 0.5);
    particles.advance(1.01 / 30);
    const [left, right, first, last] = places.map((_, particle) => particles.places[particle]![1] - 0.5);
    expect(left! / first!).toBeCloseTo(1.5, 3);
    expect(right! / first!).toBeCloseTo(1.5, 3);
    expect(last! / first!).toBeCloseTo(2, 3);
  });
});
