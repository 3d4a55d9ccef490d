import { describe, expect, it } from 'vitest';
import { Flow, type FlowSettings } from '#main/engine/simulators/navier-stokes/flow.ts';
import { type Circle, createGeometry } from '#main/engine/simulators/navier-stokes/geometry.ts';
import { at, createGrid } from '#main/engine/simulators/navier-stokes/grid.ts';
import { meanProfile, ramp } from '#main/engine/simulators/navier-stokes/inflow.ts';
import { Random } from '#shared/random.ts';
import { coefficients, cylinderFlow, published } from './schaefer-turek.ts';

const nothing = async (): Promise<void> => {};
const grid = createGrid(220, 41, 0.01);

function flowAround(circles: readonly Circle[], settings: Partial<FlowSettings> = {}): Promise<Flow> {
  const inflow = { peakVelocity: 1, rampRate: 5 };
  return Flow.create(createGeometry(grid, circles), { viscosity: 0.001, inflow, ...settings }, nothing);
}

/** Volume per second and depth through the cross-section at column i, in m²/s. */
function flux(flow: Flow, i: number): number {
  let sum = 0;
  for (let j = 0; j < grid.rows; j++) {
    const k = at(grid, i, j);
    sum += flow.geometry.openU[k]! * flow.velocity.u[k]! * grid.spacing;
  }
  return sum;
}

describe('flow through the channel', () => {
  it('meets the published drag of a cylinder at Re = 20 within 1 %, with lift and pressure difference near', async () => {
    const flow = await cylinderFlow(1, 0.3);
    await flow.advanceTo(5, nothing);
    const { drag, lift, pressureDifference } = coefficients(flow);
    const { steady } = published;
    expect(Math.abs(drag / steady.drag - 1)).toBeLessThan(0.01);
    expect(Math.abs(lift - steady.lift)).toBeLessThan(0.002);
    expect(Math.abs(pressureDifference / steady.pressureDifference - 1)).toBeLessThan(0.06);
  });

  it('keeps a Poiseuille flow, with its pressure gradient', async () => {
    const flow = await flowAround([], { inflow: { peakVelocity: 0.3, rampRate: Number.POSITIVE_INFINITY } });
    for (let j = 0; j < grid.rows; j++)
      for (let i = 0; i <= grid.columns; i++)
        flow.velocity.u[at(grid, i, j)] = 0.3 * meanProfile(j * grid.spacing, grid.spacing);
    await flow.advanceTo(2, nothing);
    for (const i of [1, 50, 110, 219]) {
      for (let j = 0; j < grid.rows; j++) {
        const k = at(grid, i, j);
        expect(
          Math.abs(flow.velocity.u[k]! - 0.3 * meanProfile(j * grid.spacing, grid.spacing)),
        ).toBeLessThan(0.0015);
        expect(Math.abs(flow.velocity.v[k]!)).toBeLessThan(0.0005);
      }
    }
    const pressure = flow.pressureNow();
    const slope = (pressure[at(grid, 150, 20)]! - pressure[at(grid, 50, 20)]!) / (100 * grid.spacing);
    expect(slope / ((-8 * 0.001 * 0.3) / 0.41 ** 2)).toBeCloseTo(1, 1.5);
  });

  it('is free of divergence to rounding error and lets through what comes in', async () => {
    const flow = await flowAround([
      { x: 0.5, y: 0.13, radius: 0.07 },
      { x: 0.62, y: 0.3, radius: 0.05 },
      { x: 1.85, y: 0.21, radius: 0.1 },
    ]);
    expect(flow.largestDivergence()).toBe(0);
    for (const time of [0.08, 0.4, 0.8]) {
      expect(await flow.advanceTo(time, nothing)).toBe(true);
      expect(flow.largestDivergence()).toBeLessThan(1e-10);
      const inflow = ramp(flow.settings.inflow, time) * (2 / 3) * 0.41;
      for (const i of [0, 50, 62, 185, 220]) expect(flux(flow, i)).toBeCloseTo(inflow, 10);
    }
  });

  it('does not know up from down', async () => {
    const circles = [
      { x: 0.4, y: 0.1234, radius: 0.06 },
      { x: 0.9, y: 0.2511, radius: 0.08 },
    ];
    const flow = await flowAround(circles);
    const mirrored = await flowAround(circles.map((circle) => ({ ...circle, y: 0.41 - circle.y })));
    for (let n = 0; n < 100; n++) {
      flow.step(0.003);
      mirrored.step(0.003);
    }
    let largest = 0;
    for (let j = 0; j < grid.rows; j++)
      for (let i = 0; i <= grid.columns; i++) {
        const difference = flow.velocity.u[at(grid, i, j)]! - mirrored.velocity.u[at(grid, i, 40 - j)]!;
        largest = Math.max(largest, Math.abs(difference));
      }
    expect(largest).toBeLessThan(1e-8);
  });

  it('only loses energy when nothing drives it, however rough', async () => {
    const flow = await flowAround([{ x: 1.1, y: 0.2, radius: 0.1 }], {
      inflow: { peakVelocity: 0, rampRate: 5 },
    });
    const random = new Random(7);
    const { inverseMassU, inverseMassV } = flow.operators;
    const { u, v } = flow.velocity;
    for (let k = 0; k < u.length; k++) {
      if (inverseMassU[k]! > 0) u[k] = 2 * random.uniform() - 1;
      if (inverseMassV[k]! > 0) v[k] = 2 * random.uniform() - 1;
    }
    // A short step takes the divergence away, and leaves a huge pressure behind for it.
    flow.step(1e-9);
    flow.pressure.fill(0);
    const energy = (): number => {
      let sum = 0;
      for (let k = 0; k < u.length; k++) {
        if (inverseMassU[k]! > 0) sum += u[k]! ** 2 / inverseMassU[k]!;
        if (inverseMassV[k]! > 0) sum += v[k]! ** 2 / inverseMassV[k]!;
      }
      return sum;
    };
    let before = energy();
    for (let n = 0; n < 100; n++) {
      flow.step(flow.stableStep());
      const now = energy();
      expect(now).toBeLessThan(before);
      before = now;
    }
  });

  it('says when it is no longer finite', async () => {
    const flow = await flowAround([]);
    flow.velocity.u[at(grid, 10, 10)] = Number.NaN;
    expect(await flow.advanceTo(0.1, nothing)).toBe(false);
  });
});
