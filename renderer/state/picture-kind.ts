/**
 * How data are drawn where that is not the usual way: on the globe and not flat, a mesh as values on the grid of its nodes,
 * what follows from a velocity and not the variable itself. In the address as `picture=globe,vorticity`.
 */
import { type FlowQuantity, flowQuantities } from '#shared/contract/fields.ts';
import { setWords, wordsIn } from './address-words.ts';
import type { Navigation } from './navigation.svelte.ts';

const words = ['globe', 'grid', ...flowQuantities] as const;
export type PictureKind = 'globe' | 'grid';

type Reading = Pick<Navigation, 'parameter'>;
type Writing = Pick<Navigation, 'parameter' | 'set'>;

export function drawnAs(navigation: Reading, kind: PictureKind): boolean {
  return wordsIn(navigation.parameter('picture'), words).includes(kind);
}

export function drawAs(navigation: Writing, kind: PictureKind, on: boolean): void {
  setWords(navigation, 'picture', words, { [kind]: on });
}

/** What follows from the velocity and is shown in place of a variable; null: the variable itself. */
export function shownFlow(navigation: Reading): FlowQuantity | null {
  return wordsIn(navigation.parameter('picture'), flowQuantities)[0] ?? null;
}

export function showFlow(navigation: Writing, wanted: FlowQuantity | null): void {
  const changes = Object.fromEntries(flowQuantities.map((quantity) => [quantity, quantity === wanted]));
  setWords(navigation, 'picture', words, changes);
}
