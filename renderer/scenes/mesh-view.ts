/** A mesh on the screen: where its nodes lie, how much its springs are stretched, and what a drag means in space. */
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import { type ColourTable, colourIndex, colourTable } from './colour-tables.ts';

/** Radians around the vertical axis, then up or down; 0, 0 looks straight at the plane of x and y. */
export interface Orbit {
  readonly yaw: number;
  readonly pitch: number;
}

export type Vector = readonly [number, number, number];
export type Positions = readonly [ArrayLike<number>, ArrayLike<number>, ArrayLike<number>];

/** Unit vectors of the screen in space: to the right and upwards. */
export function screenAxes({ yaw, pitch }: Orbit): { right: Vector; up: Vector } {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  return { right: [cy, 0, sy], up: [sp * sy, cp, -sp * cy] };
}

/** The displacement in space of a drag over the screen, in units of the mesh. */
export function dragInSpace(orbit: Orbit, right: number, up: number): [number, number, number] {
  const axes = screenAxes(orbit);
  return [0, 1, 2].map((c) => right * (axes.right[c] ?? 0) + up * (axes.up[c] ?? 0)) as [
    number,
    number,
    number,
  ];
}

/** Screen coordinates of every node, y downwards as in pictures, seen from far away. */
export function projectNodes(positions: Positions, orbit: Orbit): { x: Float64Array; y: Float64Array } {
  const { right, up } = screenAxes(orbit);
  const nodes = positions[0].length;
  const x = new Float64Array(nodes);
  const y = new Float64Array(nodes);
  for (let node = 0; node < nodes; node += 1) {
    for (const c of [0, 1, 2] as const) {
      const value = positions[c][node] ?? 0;
      x[node] = (x[node] ?? 0) + value * right[c];
      y[node] = (y[node] ?? 0) - value * up[c];
    }
  }
  return { x, y };
}

export interface ViewBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How far each node of one state is from itself in another, [nodes], in units of the mesh. */
export function distances(one: Positions, other: Positions): Float64Array {
  return Float64Array.from({ length: one[0].length }, (_, node) =>
    Math.hypot(...([0, 1, 2] as const).map((c) => (one[c][node] ?? 0) - (other[c][node] ?? 0))),
  );
}

/** The smallest and the largest value; large meshes have more than a call takes arguments. */
export function extremes(values: Iterable<number>): { min: number; max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

/** A mesh of the plane with its nodes' displacements, so many times as large, as heights; flat where `times` is 0. */
export function raised({ rest }: Mesh, positions: Positions, times: number): Positions {
  if (times === 0) return positions;
  return [positions[0], positions[1], distances(positions, rest).map((value) => value * times)];
}

/**
 * Room for the mesh at rest, its start and its swing; it does not follow the motion, which would hide it. `times`: as
 * displacements are drawn as heights.
 */
export function viewOf(mesh: Mesh, start: Positions, orbit: Orbit, times = 0): ViewBox {
  const seen = [mesh.rest, raised(mesh, start, times)];
  if (times > 0) {
    // Each node may come to be as high as the highest.
    const highest = times * extremes(distances(start, mesh.rest)).max;
    seen.push([mesh.rest[0], mesh.rest[1], mesh.rest[2].map(() => highest)]);
  }
  const room = 0.9;
  const drawn = seen.map((positions) => projectNodes(positions, orbit));
  const across = extremes(drawn.flatMap((nodes) => [...nodes.x]));
  const down = extremes(drawn.flatMap((nodes) => [...nodes.y]));
  const [left, right] = [across.min - room, across.max + room];
  const [top, bottom] = [down.min - room, down.max + room];
  return { left, top, width: right - left, height: bottom - top };
}

/** The part of the page that shows a mesh, in CSS pixels. */
interface Area {
  readonly width: number;
  readonly height: number;
}

/** Pixels from the left and from the top of the area at which every node is seen; `view` fills the area as well as it can. */
export function nodesOnArea(
  positions: Positions,
  { orbit, view }: { orbit: Orbit; view: ViewBox },
  { width, height }: Area,
): { x: Float64Array; y: Float64Array } {
  const { x, y } = projectNodes(positions, orbit);
  const scale = Math.max(view.width / width, view.height / height);
  return {
    x: x.map((value) => width / 2 + (value - view.left - view.width / 2) / scale),
    y: y.map((value) => height / 2 + (value - view.top - view.height / 2) / scale),
  };
}

/** Farther from a node than so many pixels, none is meant. */
const grasp = 18;
/** Nodes that lie so near to each other on the screen, in pixels, hide each other. */
const together = 3;

/** The node that lies under a point of the area: the nearest one, of those behind each other the foremost; null: none. */
export function nodeUnder(
  positions: Positions,
  look: { orbit: Orbit; view: ViewBox },
  area: Area,
  point: { x: number; y: number },
): number | null {
  const { x, y } = nodesOnArea(positions, look, area);
  const { right, up } = screenAxes(look.orbit);
  const towards = [
    right[1] * up[2] - right[2] * up[1],
    right[2] * up[0] - right[0] * up[2],
    right[0] * up[1] - right[1] * up[0],
  ] as const;
  const away = x.map((value, node) => Math.hypot(value - point.x, (y[node] ?? 0) - point.y));
  const nearest = Math.min(...away);
  if (!(nearest <= grasp)) return null;
  let found: { node: number; front: number } | null = null;
  for (const [node, distance] of away.entries()) {
    if (distance > nearest + together) continue;
    const front = towards.reduce((sum, part, c) => sum + part * (positions[c as 0 | 1 | 2][node] ?? 0), 0);
    if (!found || front > found.front) found = { node, front };
  }
  return found?.node ?? null;
}

/** Stretch of every spring as a share of its length at rest, [edges]; negative where it is pressed. */
export function strains({ edges, restLengths }: Mesh, positions: Positions): Float64Array {
  return Float64Array.from(restLengths, (rest, edge) => {
    const [a = 0, b = 0] = [edges[2 * edge], edges[2 * edge + 1]];
    let square = 0;
    for (const component of positions) square += ((component[a] ?? 0) - (component[b] ?? 0)) ** 2;
    return Math.sqrt(square) / rest - 1;
  });
}

/**
 * The end of a colour scale for strains: what all but a fiftieth of the springs stay below, so that a few wild ones do
 * not wash out the others, yet half of the largest, so that a few pulled ones alone are told apart.
 */
export function strainLimit(values: Float64Array): number {
  const sizes = values.map(Math.abs).sort();
  const usual = sizes[Math.min(sizes.length - 1, Math.floor(0.98 * sizes.length))] ?? 0;
  const least = Math.max(0.05, usual, (sizes.at(-1) ?? 0) / 2);
  return Math.ceil(least * 20) / 20;
}

/** How far towards the dark ends of the usual table: beyond, strong strain would vanish on a dark ground. */
const reach = 0.66;

/** Blue for pressed, red for stretched, grey between: seen on white as on black, where the usual ends and middle are not. */
export const strainTable: ColourTable = (() => {
  const table = colourTable('balance');
  const middle = [0x93, 0x9e, 0xaa];
  const rgba = table.rgba.map((_, at) => {
    if (at % 4 === 3) return 255;
    const share = (at >> 2) / 127.5 - 1;
    const weight = Math.max(0, 1 - Math.abs(share) * 1.6) ** 0.8;
    const strong = table.rgba[colourIndex(share * reach, -1, 1) * 4 + (at % 4)] ?? 0;
    return Math.round(weight * (middle[at % 4] ?? 0) + (1 - weight) * strong);
  });
  return { ...table, rgba };
})();

const shades = 17;

/** The springs as one path for each shade of strain: hundreds of lines as a handful of elements. */
export function springPaths(
  { edges }: Mesh,
  drawn: { x: Float64Array; y: Float64Array },
  strain: Float64Array,
  limit: number,
): { colour: string; d: string }[] {
  const paths = Array.from({ length: shades }, () => '');
  for (const [edge, value] of strain.entries()) {
    const share = Math.min(1, Math.max(-1, value / limit));
    const shade = Math.round(((share + 1) / 2) * (shades - 1));
    const [a = 0, b = 0] = [edges[2 * edge], edges[2 * edge + 1]];
    const place = (node: number) => `${(drawn.x[node] ?? 0).toFixed(3)} ${(drawn.y[node] ?? 0).toFixed(3)}`;
    paths[shade] += `M${place(a)}L${place(b)}`;
  }
  return paths
    .map((d, shade) => {
      const at = colourIndex((2 * shade) / (shades - 1) - 1, -1, 1) * 4;
      const [red = 0, green = 0, blue = 0] = strainTable.rgba.subarray(at, at + 3);
      return { colour: `rgb(${red} ${green} ${blue})`, d };
    })
    .filter(({ d }) => d !== '');
}
