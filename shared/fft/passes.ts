/**
 * The inner loops of the Fourier transform, one function a radix. They are written out in plain numbers because they
 * take most of the time of a pseudo-spectral simulation.
 */

export interface Stage {
  readonly radix: number;
  /** Length that is left after this stage. */
  readonly rest: number;
  /** Powers 1 … radix − 1 of the twiddle factor of each p < rest, [rest, radix − 1]. */
  readonly cos: Float64Array;
  readonly sin: Float64Array;
}

/** Real and imaginary parts. */
export type Pair = readonly [Float64Array, Float64Array];

/** One stage: inputs p + rest·j, outputs radix·p + k, each a run of `stride` numbers. */
type Pass = (stage: Stage, stride: number, from: Pair, to: Pair) => void;

const pass2: Pass = ({ rest, cos, sin }, s, [xr, xi], [yr, yi]) => {
  for (let p = 0; p < rest; p++) {
    const c = cos[p]!;
    const d = sin[p]!;
    const i0 = s * p;
    const o0 = 2 * s * p;
    const i1 = i0 + s * rest;
    for (let q = 0; q < s; q++) {
      const ar = xr[i0 + q]!;
      const ai = xi[i0 + q]!;
      const br = xr[i1 + q]!;
      const bi = xi[i1 + q]!;
      yr[o0 + q] = ar + br;
      yi[o0 + q] = ai + bi;
      const er = ar - br;
      const ei = ai - bi;
      yr[o0 + s + q] = er * c - ei * d;
      yi[o0 + s + q] = er * d + ei * c;
    }
  }
};

const pass3: Pass = ({ rest, cos, sin }, s, [xr, xi], [yr, yi]) => {
  const root = Math.sqrt(3) / 2;
  for (let p = 0; p < rest; p++) {
    const c1 = cos[2 * p]!;
    const d1 = sin[2 * p]!;
    const c2 = cos[2 * p + 1]!;
    const d2 = sin[2 * p + 1]!;
    const i0 = s * p;
    const o0 = 3 * s * p;
    const i1 = i0 + s * rest;
    const i2 = i1 + s * rest;
    for (let q = 0; q < s; q++) {
      const ar = xr[i0 + q]!;
      const ai = xi[i0 + q]!;
      const sumR = xr[i1 + q]! + xr[i2 + q]!;
      const sumI = xi[i1 + q]! + xi[i2 + q]!;
      const difR = root * (xr[i1 + q]! - xr[i2 + q]!);
      const difI = root * (xi[i1 + q]! - xi[i2 + q]!);
      const midR = ar - sumR / 2;
      const midI = ai - sumI / 2;
      yr[o0 + q] = ar + sumR;
      yi[o0 + q] = ai + sumI;
      const br = midR + difI;
      const bi = midI - difR;
      yr[o0 + s + q] = br * c1 - bi * d1;
      yi[o0 + s + q] = br * d1 + bi * c1;
      const er = midR - difI;
      const ei = midI + difR;
      yr[o0 + 2 * s + q] = er * c2 - ei * d2;
      yi[o0 + 2 * s + q] = er * d2 + ei * c2;
    }
  }
};

const pass4: Pass = ({ rest, cos, sin }, s, [xr, xi], [yr, yi]) => {
  for (let p = 0; p < rest; p++) {
    const c1 = cos[3 * p]!;
    const c2 = cos[3 * p + 1]!;
    const c3 = cos[3 * p + 2]!;
    const d1 = sin[3 * p]!;
    const d2 = sin[3 * p + 1]!;
    const d3 = sin[3 * p + 2]!;
    const i0 = s * p;
    const o0 = 4 * s * p;
    const i1 = i0 + s * rest;
    const i2 = i1 + s * rest;
    const i3 = i2 + s * rest;
    for (let q = 0; q < s; q++) {
      const ar = xr[i0 + q]!;
      const ai = xi[i0 + q]!;
      const br = xr[i1 + q]!;
      const bi = xi[i1 + q]!;
      const cr = xr[i2 + q]!;
      const ci = xi[i2 + q]!;
      const dr = xr[i3 + q]!;
      const di = xi[i3 + q]!;
      const acR = ar + cr;
      const acI = ai + ci;
      const bdR = br + dr;
      const bdI = bi + di;
      const gR = ar - cr;
      const gI = ai - ci;
      const hR = br - dr;
      const hI = bi - di;
      yr[o0 + q] = acR + bdR;
      yi[o0 + q] = acI + bdI;
      const r1 = gR + hI;
      const j1 = gI - hR;
      yr[o0 + s + q] = r1 * c1 - j1 * d1;
      yi[o0 + s + q] = r1 * d1 + j1 * c1;
      const r2 = acR - bdR;
      const j2 = acI - bdI;
      yr[o0 + 2 * s + q] = r2 * c2 - j2 * d2;
      yi[o0 + 2 * s + q] = r2 * d2 + j2 * c2;
      const r3 = gR - hI;
      const j3 = gI + hR;
      yr[o0 + 3 * s + q] = r3 * c3 - j3 * d3;
      yi[o0 + 3 * s + q] = r3 * d3 + j3 * c3;
    }
  }
};

const pass5: Pass = ({ rest, cos, sin }, s, [xr, xi], [yr, yi]) => {
  const cosA = Math.cos((2 * Math.PI) / 5);
  const cosB = Math.cos((4 * Math.PI) / 5);
  const sinA = Math.sin((2 * Math.PI) / 5);
  const sinB = Math.sin((4 * Math.PI) / 5);
  for (let p = 0; p < rest; p++) {
    const at = 4 * p;
    const i0 = s * p;
    const i1 = i0 + s * rest;
    const i2 = i1 + s * rest;
    const i3 = i2 + s * rest;
    const i4 = i3 + s * rest;
    const o1 = 5 * s * p + s;
    for (let q = 0; q < s; q++) {
      const ar = xr[i0 + q]!;
      const ai = xi[i0 + q]!;
      const sum1R = xr[i1 + q]! + xr[i4 + q]!;
      const sum1I = xi[i1 + q]! + xi[i4 + q]!;
      const sum2R = xr[i2 + q]! + xr[i3 + q]!;
      const sum2I = xi[i2 + q]! + xi[i3 + q]!;
      const dif1R = xr[i1 + q]! - xr[i4 + q]!;
      const dif1I = xi[i1 + q]! - xi[i4 + q]!;
      const dif2R = xr[i2 + q]! - xr[i3 + q]!;
      const dif2I = xi[i2 + q]! - xi[i3 + q]!;
      const mid1R = ar + cosA * sum1R + cosB * sum2R;
      const mid1I = ai + cosA * sum1I + cosB * sum2I;
      const mid2R = ar + cosB * sum1R + cosA * sum2R;
      const mid2I = ai + cosB * sum1I + cosA * sum2I;
      const odd1R = sinA * dif1R + sinB * dif2R;
      const odd1I = sinA * dif1I + sinB * dif2I;
      const odd2R = sinB * dif1R - sinA * dif2R;
      const odd2I = sinB * dif1I - sinA * dif2I;
      yr[o1 - s + q] = ar + sum1R + sum2R;
      yi[o1 - s + q] = ai + sum1I + sum2I;
      turn(yr, yi, o1 + q, mid1R + odd1I, mid1I - odd1R, cos[at]!, sin[at]!);
      turn(yr, yi, o1 + s + q, mid2R + odd2I, mid2I - odd2R, cos[at + 1]!, sin[at + 1]!);
      turn(yr, yi, o1 + 2 * s + q, mid2R - odd2I, mid2I + odd2R, cos[at + 2]!, sin[at + 2]!);
      turn(yr, yi, o1 + 3 * s + q, mid1R - odd1I, mid1I + odd1R, cos[at + 3]!, sin[at + 3]!);
    }
  }
};

/** Writes (re + i im)(c + i d). */
function turn(
  yr: Float64Array,
  yi: Float64Array,
  at: number,
  re: number,
  im: number,
  c: number,
  d: number,
): void {
  yr[at] = re * c - im * d;
  yi[at] = re * d + im * c;
}

/** Direct sums over the inputs of a radix, 5 or any prime. */
const passAny: Pass = ({ radix, rest, cos, sin }, s, [xr, xi], [yr, yi]) => {
  const rootC = Float64Array.from({ length: radix }, (_, n) => Math.cos((-2 * Math.PI * n) / radix));
  const rootS = Float64Array.from({ length: radix }, (_, n) => Math.sin((-2 * Math.PI * n) / radix));
  for (let p = 0; p < rest; p++) {
    for (let k = 0; k < radix; k++) {
      const at = p * (radix - 1) + k - 1;
      const c = k === 0 ? 1 : cos[at]!;
      const d = k === 0 ? 0 : sin[at]!;
      const out = s * (radix * p + k);
      for (let q = 0; q < s; q++) {
        let sumR = 0;
        let sumI = 0;
        for (let j = 0; j < radix; j++) {
          const vr = xr[s * (p + rest * j) + q]!;
          const vi = xi[s * (p + rest * j) + q]!;
          const wc = rootC[(j * k) % radix]!;
          const ws = rootS[(j * k) % radix]!;
          sumR += vr * wc - vi * ws;
          sumI += vr * ws + vi * wc;
        }
        yr[out + q] = sumR * c - sumI * d;
        yi[out + q] = sumR * d + sumI * c;
      }
    }
  }
};

const passes: Readonly<Record<number, Pass>> = { 2: pass2, 3: pass3, 4: pass4, 5: pass5 };

export function passOf(radix: number): Pass {
  return passes[radix] ?? passAny;
}
