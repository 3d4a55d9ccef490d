/** What a picture of a mesh shows besides the mesh; in the address as `mesh=trails,spread,height`. */
import { setWords, wordsIn } from './address-words.ts';
import type { Navigation } from './navigation.svelte.ts';

export const meshExtras = ['trails', 'spread', 'height'] as const;
export type MeshExtra = (typeof meshExtras)[number];

/** Of a mesh in so many dimensions: in space its nodes have heights of their own, and only an ensemble has a spread. */
export const extrasOf = (dimensions: 2 | 3, of: 'one' | 'ensemble'): MeshExtra[] =>
  meshExtras.filter((extra) =>
    extra === 'height' ? dimensions === 2 : extra !== 'spread' || of === 'ensemble',
  );

export function showsExtra(navigation: Navigation, extra: MeshExtra): boolean {
  return wordsIn(navigation.parameter('mesh'), meshExtras).includes(extra);
}

export function turnExtra(navigation: Navigation, extra: MeshExtra): void {
  setWords(navigation, 'mesh', meshExtras, { [extra]: !showsExtra(navigation, extra) });
}

/** States that a trail is drawn through at most, and how many states it goes back at most. */
const mostStates = 24;
const longest = 240;
/** Pieces of all trails of a picture together, and fields that are asked for to draw them. */
const mostPieces = 60_000;
const mostFields = 240;

/**
 * The states before the present one that its trail is drawn through, of a series of `count`. In a long series they are
 * every so manieth of it: the same ones while time goes on, so that a trail grows and does not quiver.
 * @param nodes of the mesh
 * @param fields that one state is read from
 */
export function trailStates(
  now: number,
  count: number,
  { nodes, fields }: { nodes: number; fields: number },
): number[] {
  const most = Math.min(mostStates, Math.floor(mostPieces / nodes), Math.floor(mostFields / fields));
  if (most < 1) return [];
  const back = Math.min(count, longest);
  const stride = Math.max(1, Math.ceil(back / most));
  const last = Math.floor((now - 1) / stride) * stride;
  return Array.from({ length: most }, (_, at) => last - (most - 1 - at) * stride).filter(
    (state) => state >= 0,
  );
}

/** Units of the mesh that the largest spread is drawn as, at least: well beyond the node that it lies around. */
const seen = 0.8;

/** How many times as large as they are standard deviations are drawn, for the largest of them to be seen: 1, 2, 5, 10 … */
export const spreadFactor = (largest: number): number => tidyFactor(seen / largest);

/** Share of the longer side of a mesh that its largest displacement is drawn as height, at most. */
const highest = 0.35;

/** How many times as large as they are displacements are drawn as heights, of a mesh so long: 1, 2, 5, 10 … */
export const heightFactor = (largest: number, side: number): number => tidyFactor((highest * side) / largest);

function tidyFactor(wanted: number): number {
  if (!(wanted >= 2) || !Number.isFinite(wanted)) return 1;
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([5, 2, 1].find((step) => step * power <= wanted) ?? 1);
}
