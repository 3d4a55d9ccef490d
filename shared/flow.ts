/**
 * Velocities among variables: which two are the components of one flow, and what follows from them. Vorticity and speed
 * count as further channels of datasets and forecasts: their indices follow those of the channels themselves.
 */
import { type FlowQuantity, flowQuantities } from './contract/fields.ts';
import type { Channel } from './domain/dataset.ts';
import { formatUnits } from './units.ts';

interface Named {
  readonly name: string;
  readonly standardName: string;
}

/** Names that simulations, models and products give the components along columns and along rows. */
const pairs: readonly (readonly [string, string])[] = [
  ['vx', 'vy'],
  ['u', 'v'],
  ['uo', 'vo'],
  ['ugos', 'vgos'],
  ['ugosa', 'vgosa'],
  ['u10', 'v10'],
  ['u10m', 'v10m'],
  ['10u', '10v'],
  ['ua', 'va'],
  ['uas', 'vas'],
  ['utotal', 'vtotal'],
  ['water_u', 'water_v'],
];

/** "eastward_wind" and "northward_wind", "sea_water_x_velocity" and "sea_water_y_velocity": null for what is no component along columns. */
function partnerOf(standardName: string): string | null {
  if (!/velocity|wind|current/.test(standardName)) return null;
  if (/eastward/.test(standardName)) return standardName.replace('eastward', 'northward');
  return /(^|_)x_/.test(standardName) ? standardName.replace(/(^|_)x_/, '$1y_') : null;
}

/** The two components of a flow; that of `wanted`, if it is one of several. Null where there is none. */
export function velocityIn<Variable extends Named>(
  variables: readonly Variable[],
  wanted?: string,
): { u: Variable; v: Variable } | null {
  const leaf = ({ name }: Named) => name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  const found = variables.flatMap((u) => {
    const standard = partnerOf(u.standardName);
    const second = pairs.find(([first]) => first === leaf(u))?.[1];
    const v =
      (standard !== null && variables.find(({ standardName }) => standardName === standard)) ||
      (second !== undefined && variables.find((other) => leaf(other) === second));
    return v ? [{ u, v }] : [];
  });
  return found.find(({ u, v }) => u.name === wanted || v.name === wanted) ?? found[0] ?? null;
}

/** Metres; the sphere of the same volume as the Earth. */
const earthRadius = 6_371_000;
const metresIn: Readonly<Record<string, number>> = { m: 1, cm: 0.01, km: 1000 };

/** The Earth's radius in the length that a velocity is measured with; in metres where its units say none. */
export function radiusFor(velocity: string): { radius: number; lengthUnits: string } {
  const [, length = 'm'] = /^(c?m|km)\//.exec(formatUnits(velocity)) ?? [];
  return { radius: earthRadius / (metresIn[length] ?? 1), lengthUnits: length };
}

/** "m s-1" over "m" is "s-1"; other units are written out. */
export function vorticityUnits(velocity: string, lengthUnits: string): string {
  const written = formatUnits(velocity);
  const time = written.startsWith(`${lengthUnits}/`) ? written.slice(lengthUnits.length + 1) : '';
  if (lengthUnits !== '' && /^[a-z]+$/i.test(time)) return `${time}-1`;
  return written && lengthUnits ? `${written} per ${lengthUnits}` : written;
}

export interface FlowChannel extends Channel {
  readonly quantity: FlowQuantity;
  /** Indices of the components among the channels. */
  readonly u: number;
  readonly v: number;
}

/** What follows from the velocity among channels, in the order of their indices; none where there is no velocity. */
export function flowChannels(channels: readonly Channel[]): FlowChannel[] {
  const flow = velocityIn(channels);
  if (!flow || formatUnits(flow.u.units) !== formatUnits(flow.v.units)) return [];
  const [u, v] = [channels.indexOf(flow.u), channels.indexOf(flow.v)];
  return flowQuantities.map((quantity) => ({
    name: quantity,
    longName: quantity === 'vorticity' ? 'relative vorticity' : 'speed',
    standardName: '',
    units: quantity === 'speed' ? flow.u.units : '',
    quantity,
    u,
    v,
  }));
}
