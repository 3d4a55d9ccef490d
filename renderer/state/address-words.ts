/** Choices that are made beside each other, as words of one parameter of the address: `picture=globe,vorticity`. */
import type { ParameterName } from './address.ts';
import type { Navigation } from './navigation.svelte.ts';

/** Those of the known words that a parameter has, in their own order; others are passed over. */
export function wordsIn<Word extends string>(text: string | null, known: readonly Word[]): readonly Word[] {
  const words: readonly string[] = (text ?? '').split(',');
  return known.filter((word) => words.includes(word));
}

/** Turns words on and off; the others of the parameter stay as they are. */
export function setWords<Word extends string>(
  navigation: Pick<Navigation, 'parameter' | 'set'>,
  parameter: ParameterName,
  known: readonly Word[],
  changes: Partial<Record<Word, boolean>>,
): void {
  const shown = wordsIn(navigation.parameter(parameter), known);
  const next = known.filter((word) => changes[word] ?? shown.includes(word));
  navigation.set({ [parameter]: next.join(',') || null });
}
