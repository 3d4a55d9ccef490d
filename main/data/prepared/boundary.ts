/**
 * What is prescribed at the edges of simulated systems, so that a forecast can be put right after every snapshot:
 * one function a system. Source: Rühling Cachay et al. 2023, appendix on the Navier–Stokes and spring-mesh data;
 * Otness et al. 2021, "An extensible benchmark suite for learning to simulate physical systems".
 */
import { z } from 'zod';
import { attributeText, type DataFile } from '../formats/dataFile.ts';

/** The static field that is 1 where velocities or positions are prescribed. */
export const fixedMask = 'fixed_mask';

/** What of a simulation's settings its boundary depends on, kept with the prepared series. */
export const boundarySchema = z.discriminatedUnion('system', [
  z.object({
    system: z.literal('navier-stokes'),
    /** Peak velocity of the inflow once it has risen, m s-1. */
    inflow: z.number(),
    /** How fast the inflow rises, s-1; null: it flows from the start. */
    rampRate: z.number().nullable(),
  }),
  z.object({ system: z.literal('spring-mesh') }),
]);
export type Boundary = z.infer<typeof boundarySchema>;
type NavierStokes = Extract<Boundary, { system: 'navier-stokes' }>;

/** Prescribed values of one forecast. */
export interface BoundaryCondition {
  /** [height, width, channel]: 1 where a value is prescribed, else 0. */
  readonly held: Float32Array;
  /** [height, width, channel] in physical units, `lead` data steps after the start; 0 where nothing is held. */
  values(lead: number): Float32Array;
}

export interface BoundaryCase {
  /** Names of the channels, without groups. */
  readonly channels: readonly string[];
  /** [height, width] */
  readonly fixed: Float32Array;
  /** Physical [height, width, channel] at the start. */
  readonly initial: Float32Array;
  /** Coordinates of rows and columns as in the file; null where it has none. */
  readonly rows: readonly number[] | null;
  readonly columns: readonly number[] | null;
  /** Time of the simulation at a lead, in seconds or what else the file counts in. */
  time(lead: number): number;
}

/** Height of the channel, m. */
const channelHeight = 0.41;
/** Zero velocity on walls and obstacles; a parabola that rises from rest, 4 U y (H − y) / H² · (1 − e^(−λ t)), at x = 0. */
function navierStokes(
  { inflow, rampRate }: NavierStokes,
  { channels, fixed, rows, columns, time }: BoundaryCase,
) {
  const alongX = channels.indexOf('vx');
  if (alongX < 0 || rows === null || columns === null) return null;
  const width = columns.length;
  const spacing = Math.abs((columns[1] ?? 1) - columns[0]!);
  const isInflow = columns.map((x) => Math.abs(x) < 0.25 * spacing);
  const velocities = ['vx', 'vy'].map((name) => channels.indexOf(name)).filter((channel) => channel >= 0);
  const held = new Float32Array(fixed.length * channels.length);
  for (let cell = 0; cell < fixed.length; cell++) {
    if (fixed[cell] === 0 && !isInflow[cell % width]) continue;
    for (const channel of velocities) held[cell * channels.length + channel] = 1;
  }
  return {
    held,
    values(lead: number) {
      const values = new Float32Array(held.length);
      const risen = rampRate === null ? 1 : -Math.expm1(-rampRate * Math.max(0, time(lead)));
      for (const [row, y] of rows.entries()) {
        const profile = Math.max(0, (4 * y * (channelHeight - y)) / channelHeight ** 2);
        for (let x = 0; x < width; x++) {
          if (isInflow[x]) values[(row * width + x) * channels.length + alongX] = inflow * profile * risen;
        }
      }
      return values;
    },
  };
}

/** Held nodes stay where they are at the start, without momentum. */
function springMesh({ channels, fixed, initial }: BoundaryCase) {
  const held = new Float32Array(initial.length);
  const values = new Float32Array(initial.length);
  for (const [channel, name] of channels.entries()) {
    const isPosition = /^q/.test(name);
    if (!isPosition && !/^p/.test(name)) continue;
    for (let cell = 0; cell < fixed.length; cell++) {
      const at = cell * channels.length + channel;
      if (fixed[cell] === 0 || Number.isNaN(initial[at]!)) continue;
      held[at] = 1;
      values[at] = isPosition ? initial[at]! : 0;
    }
  }
  return { held, values: () => values.slice() };
}

/** The boundary condition of one forecast; null where the series lacks what it takes. */
export function boundaryCondition(boundary: Boundary, setting: BoundaryCase): BoundaryCondition | null {
  switch (boundary.system) {
    case 'navier-stokes':
      return navierStokes(boundary, setting);
    case 'spring-mesh':
      return springMesh(setting);
  }
}

function simulationSettings(file: Pick<DataFile, 'attributes'>): Record<string, unknown> {
  try {
    const simulation = z
      .object({ settings: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(attributeText(file.attributes, 'driftcast_simulation')));
    return simulation.settings;
  } catch {
    return {};
  }
}

/**
 * The boundary that a file's own attributes state, with the paper's values (peak 1 m s-1, rising with 5 s-1) where its
 * settings say nothing; null for data that were not simulated, and without a mask.
 */
export function boundaryOf(file: Pick<DataFile, 'attributes' | 'variables'>): Boundary | null {
  if (!file.variables.some((variable) => variable.path === fixedMask)) return null;
  const { peakVelocity, rampRate = 5 } = simulationSettings(file);
  switch (attributeText(file.attributes, 'driftcast_system')) {
    case 'navier-stokes':
      return {
        system: 'navier-stokes',
        inflow: typeof peakVelocity === 'number' ? peakVelocity : 1,
        rampRate: typeof rampRate === 'number' ? rampRate : null,
      };
    case 'spring-mesh':
      return { system: 'spring-mesh' };
    default:
      return null;
  }
}
