/**
 * The noise of Gaussian diffusion in closed form (Ho et al. 2020; cosine schedule of Nichol and Dhariwal 2021), in
 * double precision: what the DDPM and MCVD methods mix, and take out again, at each of their steps.
 */

/** Cosine schedule: β from the squared cosine of the cumulative signal, at most 0.999. */
export function cosineBetas(steps: number, offset = 0.008): Float64Array {
  const signal = (i: number) => Math.cos(((i / steps + offset) / (1 + offset)) * (Math.PI / 2)) ** 2;
  return Float64Array.from({ length: steps }, (_, i) =>
    Math.min(0.999, Math.max(0, 1 - signal(i + 1) / signal(i))),
  );
}

/** DDPM's linear schedule in the published code: √β rises linearly. */
export function rootLinearBetas(steps: number, first = 1e-4, last = 2e-2): Float64Array {
  return evenly(Math.sqrt(first), Math.sqrt(last), steps).map((root) => root * root);
}

/** MCVD's linear schedule: β itself runs linearly, from most to least noise. */
export function linearBetas(steps: number, first: number, last: number): Float64Array {
  return evenly(first, last, steps);
}

function evenly(first: number, last: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1));
}

/** All series have one number a step, step 0 with the least noise. */
export interface NoiseSchedule {
  readonly betas: Float64Array;
  /** ᾱ: share of the signal's variance left after each step. */
  readonly signal: Float64Array;
  /** x₀ = rootRecip · x_t − rootRecipM1 · ε */
  readonly rootRecip: Float64Array;
  readonly rootRecipM1: Float64Array;
  /** Of q(x_{t−1} | x_t, x₀): mean = coefficient1 · x₀ + coefficient2 · x_t. */
  readonly posteriorCoefficient1: Float64Array;
  readonly posteriorCoefficient2: Float64Array;
  readonly posteriorVariance: Float64Array;
}

export function noiseSchedule(betas: Float64Array): NoiseSchedule {
  const signal = new Float64Array(betas.length);
  let product = 1;
  betas.forEach((beta, i) => {
    product *= 1 - beta;
    signal[i] = product;
  });
  const before = (i: number) => (i === 0 ? 1 : signal[i - 1]!);
  const series = (of: (beta: number, i: number, left: number) => number) =>
    betas.map((beta, i) => of(beta, i, 1 - signal[i]!));
  return {
    betas,
    signal,
    rootRecip: signal.map((a) => Math.sqrt(1 / a)),
    rootRecipM1: signal.map((a) => Math.sqrt(1 / a - 1)),
    posteriorCoefficient1: series((beta, i, left) => (beta * Math.sqrt(before(i))) / left),
    posteriorCoefficient2: series((beta, i, left) => ((1 - before(i)) * Math.sqrt(1 - beta)) / left),
    posteriorVariance: series((beta, i, left) => (beta * (1 - before(i))) / left),
  };
}
