/** Obstacles as a person places them: kept on the channel, judged in sentences, apart from any picture. */
import {
  channel,
  type Obstacle,
  obstacleMargins,
  placedMargin,
} from '#shared/domain/simulations/navier-stokes.ts';
import { placementProblem } from '#shared/domain/simulations/obstacles.ts';
import { formatNumber } from '../text/numbers.ts';

export const radii = { least: 0.01, most: 0.2, usual: 0.05 } as const;

const round = (value: number) => Number(value.toFixed(3));
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** What was typed, within what any obstacle can have; the ends of the channel are judged in a sentence. */
export function allowed({ x, y, radius }: Obstacle): Obstacle {
  return {
    x: clamp(x, 0, channel.length),
    y: clamp(y, 0, channel.height),
    radius: clamp(radius, radii.least, radii.most),
  };
}

/** To the millimetre, with its centre in the channel and its rim away from both ends: what a drag ends in. */
export function keptInChannel({ x, y, radius }: Obstacle): Obstacle {
  const size = round(clamp(radius, radii.least, radii.most));
  return {
    x: round(clamp(x, placedMargin + size, channel.length - placedMargin - size)),
    y: round(clamp(y, 0, channel.height)),
    radius: size,
  };
}

const gapToWalls = ({ y, radius }: Obstacle) => Math.min(y - radius, channel.height - y - radius);
const gapBetween = (a: Obstacle, b: Obstacle) => Math.hypot(a.x - b.x, a.y - b.y) - a.radius - b.radius;

/** Whether a chain of touching obstacles reaches from wall to wall, so that nothing can flow by. */
export function blocksChannel(obstacles: readonly Obstacle[]): boolean {
  const reached = new Set(obstacles.filter((obstacle) => obstacle.y - obstacle.radius <= 0));
  for (const obstacle of reached)
    for (const other of obstacles) if (gapBetween(obstacle, other) <= 0) reached.add(other);
  return [...reached].some((obstacle) => obstacle.y + obstacle.radius >= channel.height);
}

export interface Judgement {
  /** Why this cannot be simulated; null where it can. */
  readonly problem: string | null;
  /** What to know before it is. */
  readonly advice: readonly string[];
}

/** Placed obstacles against the rules of the channel, numbered from 1 as the list shows them. */
export function judgeObstacles(obstacles: readonly Obstacle[]): Judgement {
  for (const [at, obstacle] of obstacles.entries()) {
    const problem = placementProblem(obstacle);
    if (problem)
      return {
        problem: `Obstacle ${at + 1} is too close to an end of the channel. ${problem.hint}`,
        advice: [],
      };
  }
  if (blocksChannel(obstacles))
    return {
      problem:
        'The obstacles reach from wall to wall: nothing can flow by. Move them apart or make them smaller.',
      advice: [],
    };
  const advice: string[] = [];
  const narrow = (gap: number, margin: number) => gap > 0 && gap < margin;
  const centimetres = (gap: number) => `${formatNumber(gap * 100, 1)} cm`;
  for (const [at, obstacle] of obstacles.entries()) {
    const wall = gapToWalls(obstacle);
    if (narrow(wall, obstacleMargins.walls / 2))
      advice.push(
        `Between obstacle ${at + 1} and the wall only ${centimetres(wall)} are left: few cells for the flow.`,
      );
    for (const [before, other] of obstacles.slice(0, at).entries()) {
      const gap = gapBetween(obstacle, other);
      if (narrow(gap, obstacleMargins.others / 2))
        advice.push(
          `Between obstacles ${before + 1} and ${at + 1} only ${centimetres(gap)} are left: few cells for the flow.`,
        );
    }
  }
  return { problem: null, advice };
}

/** A free place for one more obstacle, looked for from the inflow on; the middle where none is left. */
export function freePlace(obstacles: readonly Obstacle[]): Obstacle {
  const { ends, others } = obstacleMargins;
  for (let x = ends + radii.usual; x <= channel.length - ends - radii.usual; x += 0.05) {
    for (const y of [channel.height / 2, 0.12, 0.29]) {
      const candidate = { x: round(x), y: round(y), radius: radii.usual };
      if (obstacles.every((other) => gapBetween(candidate, other) >= others)) return candidate;
    }
  }
  return { x: channel.length / 2, y: round(channel.height / 2), radius: radii.usual };
}
