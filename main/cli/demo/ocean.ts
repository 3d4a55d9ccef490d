/**
 * A small synthetic surface ocean for the demonstration: temperature anomalies that a steady gyre carries
 * round, that diffuse and fade, and that weather renews at random, on top of a seasonal cycle. It has what a
 * forecaster can learn (advection), what it cannot (tomorrow's weather) and what it must not be praised for
 * (the season). Invented, and labelled so wherever it goes.
 */
import { Random } from '#shared/random.ts';

export interface OceanOptions {
  height: number;
  width: number;
  days: number;
  seed: number;
}

export interface Ocean {
  /** Degrees north, ascending. */
  latitudes: Float64Array;
  /** Degrees east, ascending. */
  longitudes: Float64Array;
  /** Sea surface temperature in °C, [days, height, width], NaN on land. */
  temperature: Float32Array;
}

const stepsPerDay = 2;
/** Fastest current, cells a day. */
const speed = 0.9;
/** Cells squared a day. */
const diffusivity = 0.08;
/** Anomalies fade with this time scale, in days. */
const memoryDays = 45;
/** Daily renewal by weather, °C: sets an anomaly of about 1 °C. */
const weather = 0.42;
/** Width of a weather pattern, cells. */
const patternSize = 3.2;
const patternsPerDay = 4;
const spinUpDays = 120;
const daysPerYear = 365.25;

export function syntheticOcean(options: OceanOptions): Ocean {
  const { height, width, days, seed } = options;
  const random = new Random(seed);
  const currents = gyre(height, width);
  const land = island(height, width);
  const latitudes = Float64Array.from({ length: height }, (_, row) => 25 + row);
  const longitudes = Float64Array.from({ length: width }, (_, column) => 190 + column);
  const temperature = new Float32Array(days * height * width);
  let anomaly = new Float64Array(height * width);
  for (let day = -spinUpDays; day < days; day++) {
    blow(anomaly, height, width, random);
    for (let step = 0; step < stepsPerDay; step++) anomaly = advance(anomaly, currents, height, width);
    if (day < 0) continue;
    for (let cell = 0; cell < anomaly.length; cell++) {
      const latitude = latitudes[Math.floor(cell / width)]!;
      const value = climate(latitude, day) + anomaly[cell]!;
      temperature[day * anomaly.length + cell] = land[cell] ? Number.NaN : value;
    }
  }
  return { latitudes, longitudes, temperature };
}

/** Warmer to the south, a larger and later season to the north; °C. */
function climate(latitude: number, day: number): number {
  const season = Math.cos((2 * Math.PI * (day - 225)) / daysPerYear);
  return 27 - 0.55 * (latitude - 25) + (1.5 + 0.12 * (latitude - 25)) * season;
}

interface Currents {
  /** Cells a day, [height, width]. */
  eastward: Float64Array;
  northward: Float64Array;
}

/** One clockwise gyre from the stream function sin·sin: no flow through the walls, no divergence. */
function gyre(height: number, width: number): Currents {
  const eastward = new Float64Array(height * width);
  const northward = new Float64Array(height * width);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const y = (row + 0.5) / height;
      const x = (column + 0.5) / width;
      eastward[row * width + column] = -speed * Math.sin(Math.PI * x) * Math.cos(Math.PI * y);
      northward[row * width + column] =
        ((speed * height) / width) * Math.cos(Math.PI * x) * Math.sin(Math.PI * y);
    }
  }
  return { eastward, northward };
}

/** A piece of coast in the north-east corner: true on land. */
function island(height: number, width: number): boolean[] {
  return Array.from({ length: height * width }, (_, cell) => {
    const row = Math.floor(cell / width);
    const column = cell % width;
    return height - row + (width - column) <= Math.min(height, width) / 2;
  });
}

/** Random warm and cold patterns of Gaussian shape, added in place. */
function blow(anomaly: Float64Array, height: number, width: number, random: Random): void {
  for (let pattern = 0; pattern < patternsPerDay; pattern++) {
    const row = random.uniform() * height;
    const column = random.uniform() * width;
    const strength = weather * 2 * (random.uniform() + random.uniform() + random.uniform() - 1.5);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < width; c++) {
        const distance = ((r - row) ** 2 + (c - column) ** 2) / (2 * patternSize ** 2);
        if (distance < 8) anomaly[r * width + c]! += strength * Math.exp(-distance);
      }
    }
  }
}

/** One step: semi-Lagrangian advection (bilinear at the point of departure), diffusion, fading. */
function advance(
  before: Float64Array,
  { eastward, northward }: Currents,
  height: number,
  width: number,
): Float64Array<ArrayBuffer> {
  const step = 1 / stepsPerDay;
  const fade = Math.exp(-step / memoryDays);
  const after = new Float64Array(before.length);
  const at = (row: number, column: number) =>
    before[clamp(row, height - 1) * width + clamp(column, width - 1)]!;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const cell = row * width + column;
      const fromRow = clamp(row - step * northward[cell]!, height - 1);
      const fromColumn = clamp(column - step * eastward[cell]!, width - 1);
      const top = Math.floor(fromRow);
      const left = Math.floor(fromColumn);
      const down = fromRow - top;
      const right = fromColumn - left;
      const carried =
        (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
        down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1));
      const neighbours =
        at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1);
      after[cell] = fade * (carried + step * diffusivity * (neighbours - 4 * at(row, column)));
    }
  }
  return after;
}

function clamp(value: number, last: number): number {
  return Math.min(last, Math.max(0, value));
}
