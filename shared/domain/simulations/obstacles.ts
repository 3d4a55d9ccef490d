/** Where the obstacles of a trajectory are: placed by hand, or drawn at random with room for the fluid around each. */

import { DriftcastError } from '../../errors.ts';
import { Random } from '../../random.ts';
import {
  channel,
  type NavierStokesSettings,
  type Obstacle,
  obstacleMargins,
  placedMargin,
} from './navier-stokes.ts';

/** Draws for one obstacle before all start anew, and fresh starts before giving up. */
const drawsEach = 200;
const starts = 200;

/** Decimal places are not exact in binary: an obstacle right at its margin may be there. */
const rounding = 1e-9;

/** Why a placed obstacle cannot be where it is, and what to do; null where it can. */
export function placementProblem({ x, radius }: Obstacle): { message: string; hint: string } | null {
  const room = Math.min(x - radius, channel.length - x - radius);
  if (room >= placedMargin - rounding) return null;
  return {
    message: `The obstacle at x = ${x} m with a radius of ${radius} m is too close to an end of the channel.`,
    hint: `Keep ${placedMargin} m between obstacles and both ends, at x = 0 and x = ${channel.length} m.`,
  };
}

/** @throws DriftcastError `bad-input` for settings that no obstacles can follow */
export function checkObstacles(settings: NavierStokesSettings): void {
  const { minRadius, maxRadius, placed } = settings;
  if (minRadius > maxRadius)
    throw new DriftcastError(
      'bad-input',
      `The least radius, ${minRadius} m, is more than the largest, ${maxRadius} m.`,
      'Choose the least radius so that it does not exceed the largest.',
    );
  for (const obstacle of placed) {
    const problem = placementProblem(obstacle);
    if (problem) throw new DriftcastError('bad-input', problem.message, problem.hint);
  }
}

/**
 * The obstacles of one trajectory. Centres and radii are uniform among all places that keep the margins.
 * @throws DriftcastError `bad-input` if they do not fit
 */
export function obstaclesOf(settings: NavierStokesSettings, seed: number, trajectory: number): Obstacle[] {
  checkObstacles(settings);
  if (settings.placed.length > 0) return settings.placed.map((obstacle) => ({ ...obstacle }));
  const random = new Random(seed, trajectory);
  for (let start = 0; start < starts; start++) {
    const drawn: Obstacle[] = [];
    while (drawn.length < settings.obstacles) {
      const next = drawNext(settings, random, drawn);
      if (next === null) break;
      drawn.push(next);
    }
    if (drawn.length === settings.obstacles) return drawn;
  }
  throw new DriftcastError(
    'bad-input',
    `There is no room for ${settings.obstacles} obstacles with radii from ${settings.minRadius} to ${settings.maxRadius} m.`,
    'Ask for fewer or smaller obstacles.',
  );
}

function drawNext(
  { minRadius, maxRadius }: NavierStokesSettings,
  random: Random,
  others: readonly Obstacle[],
): Obstacle | null {
  const { ends, walls, others: apart } = obstacleMargins;
  for (let draw = 0; draw < drawsEach; draw++) {
    const radius = minRadius + (maxRadius - minRadius) * random.uniform();
    const between = (margin: number, length: number): number =>
      margin + radius + (length - 2 * (margin + radius)) * random.uniform();
    const x = between(ends, channel.length);
    const y = between(walls, channel.height);
    const isFree = others.every(
      (other) => Math.hypot(x - other.x, y - other.y) >= radius + other.radius + apart,
    );
    if (isFree) return { x, y, radius };
  }
  return null;
}
