/** A made-up coast on one side of the box: land in the output, and calm water along it. */
import type { Random } from '#shared/random.ts';

export interface Coast {
  /** 1 on land, [rows, columns]. */
  readonly land: Uint8Array;
  /** Share of an anomaly that a day leaves, [rows, columns]: 1 at sea, less towards and on the land. */
  readonly kept: Float64Array;
}

/** Mean share of the width that is land, and how far the line swings around it. */
const [reach, swing] = [0.15, 0.09];
/** e-folding time in days of anomalies on land, and width in points of the strip along it where this fades out. */
const [calming, strip] = [0.5, 4];

/**
 * A line made of six waves along the side, [rows] positions in points from that side: periodic as the box is, so
 * that flow across its northern and southern edge meets no step.
 */
function coastline(rows: number, columns: number, random: Random): Float64Array {
  const line = new Float64Array(rows).fill(reach * columns);
  const waves = [1, 2, 3, 5, 8, 13];
  // Of a steepness between a smooth curve and a jagged one.
  const heights = waves.map((wave) => (0.4 + 0.6 * random.uniform()) / wave);
  const norm = Math.hypot(...heights);
  waves.forEach((wave, index) => {
    const phase = 2 * Math.PI * random.uniform();
    const height = (swing * columns * heights[index]!) / norm;
    for (let y = 0; y < rows; y++) line[y]! += height * Math.sin((2 * Math.PI * wave * y) / rows + phase);
  });
  return line;
}

/**
 * Land reaches from the western or eastern side to the line. The flow does not know of it as a wall: anomalies, and
 * with them the flow that they drive, are damped on land and in a strip along it.
 */
export function makeCoast(side: 'west' | 'east', rows: number, columns: number, random: Random): Coast {
  const line = coastline(rows, columns, random);
  const land = new Uint8Array(rows * columns);
  const kept = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const fromSide = side === 'west' ? x : columns - 1 - x;
      const inland = line[y]! - fromSide;
      // The far side of the box borders on the land, too, since the flow is periodic.
      const around = Math.max(inland, fromSide - columns);
      const share = 1 / (1 + Math.exp((-4 * around) / strip));
      land[y * columns + x] = Number(inland > 0);
      kept[y * columns + x] = Math.exp(-share / calming);
    }
  }
  return { land, kept };
}
