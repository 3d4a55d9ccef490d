import { beforeAll, describe, expect, it } from 'vitest';
import { Eddies, secondsPerDay } from '#main/engine/simulators/surface-ocean/eddies.ts';
import { SqgModel } from '#main/engine/simulators/surface-ocean/sqg.ts';
import { Random } from '#shared/random.ts';

const still = (model: SqgModel) => new Float64Array(model.grid.k.length);

/** Waves (kx, ky, amplitude, phase) on a square of 2π. */
type Wave = readonly [number, number, number, number];

function squareModel(points: number, waves: readonly Wave[], gradient = 0, coupling = 1): SqgModel {
  const side = 2 * Math.PI;
  const model = new SqgModel(
    { rows: points, columns: points, height: side, width: side },
    { coupling, gradient },
  );
  const field = new Float64Array(points * points);
  for (let n = 0; n < field.length; n++) {
    const [x, y] = [(side * (n % points)) / points, (side * Math.floor(n / points)) / points];
    for (const [k, l, amplitude, phase] of waves) field[n]! += amplitude * Math.cos(k * x + l * y + phase);
  }
  model.grid.transform(field, model.theta);
  return model;
}

describe('surface quasi-geostrophic flow', () => {
  const waves: Wave[] = [
    [2, 0, 1, 0.3],
    [0, 3, 0.7, 1],
    [1, 2, 0.5, 2],
    [-3, 1, 0.4, 0.5],
  ];

  it('stirs as the analytic Jacobian says', () => {
    const points = 32;
    const model = squareModel(points, waves, 0, 1.7);
    const [before, after] = [new Float64Array(points ** 2), new Float64Array(points ** 2)];
    model.grid.invert(model.theta, before);
    const step = 1e-5;
    model.prepare(step, still(model));
    model.step();
    model.grid.invert(model.theta, after);
    for (let n = 0; n < before.length; n++) {
      const [x, y] = [(2 * Math.PI * (n % points)) / points, (2 * Math.PI * Math.floor(n / points)) / points];
      let [u, v, slopeX, slopeY] = [0, 0, 0, 0];
      for (const [k, l, amplitude, phase] of waves) {
        const slope = -amplitude * Math.sin(k * x + l * y + phase);
        u -= (1.7 * l * slope) / Math.hypot(k, l);
        v += (1.7 * k * slope) / Math.hypot(k, l);
        slopeX += k * slope;
        slopeY += l * slope;
      }
      expect((after[n]! - before[n]!) / step).toBeCloseTo(-u * slopeX - v * slopeY, 3);
    }
  });

  it('carries a single wave along a mean gradient at the phase speed c Θ′ / k', () => {
    const [k, l, gradient, coupling, time] = [3, 2, -0.8, 0.6, 2];
    const model = squareModel(24, [[k, l, 1, 0]], gradient, coupling);
    model.prepare(time / 50, still(model));
    for (let n = 0; n < 50; n++) model.step();
    const omega = (coupling * gradient * k) / Math.hypot(k, l);
    const expected = squareModel(24, [[k, l, 1, -omega * time]]);
    model.theta.re.forEach((value, n) => {
      expect(value).toBeCloseTo(expected.theta.re[n]!, 6);
      expect(model.theta.im[n]).toBeCloseTo(expected.theta.im[n]!, 6);
    });
  });

  it('takes linear damping exactly', () => {
    const model = squareModel(16, [[2, 1, 1, 0]]);
    model.prepare(3, still(model).fill(-0.2));
    const before = model.variance();
    model.step();
    expect(model.variance()).toBeCloseTo(before * Math.exp(-2 * 0.2 * 3), 12);
  });

  it('conserves energy and variance when nothing feeds or damps it', () => {
    const side = 2e6;
    const model = new SqgModel(
      { rows: 60, columns: 64, height: side, width: side },
      { coupling: 0.2, gradient: -4e-6 },
    );
    const random = new Random(11);
    model.theta.re.forEach((_, n) => {
      const k = (model.grid.k[n]! * side) / (2 * Math.PI);
      if (k < 2 || k > 6) return;
      model.theta.re[n] = 0.1 * (random.uniform() - 0.5);
      model.theta.im[n] = 0.1 * (random.uniform() - 0.5);
    });
    model.renew(new Float64Array(60 * 64));
    const [energy, variance] = [model.energy(), model.variance()];
    const steps = Math.ceil((secondsPerDay * model.courantRate()) / 1.2);
    model.prepare(secondsPerDay / steps, still(model));
    const before = model.theta.re.slice();
    for (let n = 0; n < 40 * steps; n++) model.step();
    expect(Math.abs(model.energy() / energy - 1)).toBeLessThan(1e-4);
    expect(Math.abs(model.variance() / variance - 1)).toBeLessThan(1e-3);
    const change = model.theta.re.reduce((sum, value, n) => sum + (value - before[n]!) ** 2, 0);
    expect(change).toBeGreaterThan(0.1 * variance);
  });

  it('reports a state that is not finite', () => {
    const model = squareModel(16, waves);
    model.theta.re.fill(Number.NaN);
    expect(model.courantRate()).toBeNaN();
  });
});

describe('a field of eddies', () => {
  const geometry = { rows: 96, columns: 96, height: 2.7e6, width: 2.7e6 };
  const physics = {
    coupling: 0.2,
    gradient: -4.5e-6,
    relaxation: 90 * secondsPerDay,
    speed: 0.2,
    wavelength: 6e5,
  };
  const days = { spinUp: 40, counted: 40 };
  const now = () => Promise.resolve();
  let mean: Float64Array = new Float64Array(0);
  let wavenumbers: Float64Array = new Float64Array(0);
  const speeds: number[] = [];

  beforeAll(async () => {
    const eddies = new Eddies(geometry, physics, new Random(1));
    for (let day = 0; day < days.spinUp + days.counted; day++) {
      await eddies.day(now);
      if (day < days.spinUp) continue;
      speeds.push(eddies.speed());
      const { k, variance } = eddies.model.spectrum();
      wavenumbers = k;
      mean = variance.map((value, ring) => value + (mean[ring] ?? 0));
    }
  }, 60_000);

  it('has the speed that was asked for', () => {
    const average = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
    expect(average).toBeGreaterThan(0.85 * physics.speed);
    expect(average).toBeLessThan(1.15 * physics.speed);
  });

  it('has a spectrum near the power −5/3 between the largest eddies and the cut-off', () => {
    let [n, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
    wavenumbers.forEach((k, ring) => {
      const kilometres = (2 * Math.PI) / k / 1000;
      if (kilometres > 450 || kilometres < 110) return;
      const [x, y] = [Math.log(k), Math.log(mean[ring]!)];
      n++;
      sumX += x;
      sumY += y;
      sumXX += x * x;
      sumXY += x * y;
    });
    const slope = (n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX);
    expect(n).toBeGreaterThan(12);
    expect(slope).toBeGreaterThan(-5 / 3 - 0.3);
    expect(slope).toBeLessThan(-5 / 3 + 0.3);
  });

  it('has no noise at the shortest waves', () => {
    const last = mean.length - 1;
    expect(mean[last]!).toBeLessThan(mean[Math.round(last / 2)]! / 4);
  });

  it('ends with a sentence when numbers stop being finite', async () => {
    const eddies = new Eddies({ ...geometry, rows: 32, columns: 32 }, physics, new Random(1));
    eddies.renew((field) => {
      field[5] = Number.NaN;
    });
    await expect(eddies.day(now)).rejects.toMatchObject({ code: 'diverged' });
  });

  it('refuses eddies that the grid cannot hold', () => {
    const tiny = { ...geometry, rows: 16, columns: 16 };
    expect(() => new Eddies(tiny, physics, new Random(1))).toThrow(/600 km are too small/);
  });
});
