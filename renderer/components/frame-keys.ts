/** The keys that every place with pictures understands. */
import type { ColourChoice } from '../state/colour-choice.svelte.ts';
import type { MapWindow } from '../state/map-window.svelte.ts';
import type { Player } from '../state/player.svelte.ts';

const takesKeys = 'input, textarea, select, [role="listbox"], [role="dialog"], [role="tab"]';
const takesSpace = `${takesKeys}, button, a, summary`;

/** @returns whether the key was one of them */
export function frameKeys(
  event: KeyboardEvent,
  { player, view, colours }: { player: Player | null; view?: MapWindow; colours?: ColourChoice },
): boolean {
  const target = event.target as HTMLElement;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (target.closest(event.key === ' ' ? takesSpace : takesKeys)) return false;
  const many = event.shiftKey ? 10 : 1;
  const actions: Record<string, (() => void) | undefined> = {
    ' ': player ? () => player.toggle() : undefined,
    ArrowLeft: player ? () => player.step(-many) : undefined,
    ArrowRight: player ? () => player.step(many) : undefined,
    Home: player ? () => player.goTo(0) : undefined,
    End: player ? () => player.goTo(Number.MAX_SAFE_INTEGER) : undefined,
    c: colours ? () => colours.next() : undefined,
    '+': view ? () => view.zoom(1.5) : undefined,
    '=': view ? () => view.zoom(1.5) : undefined,
    '-': view ? () => view.zoom(1 / 1.5) : undefined,
    '0': view ? () => view.reset() : undefined,
  };
  const action = actions[event.key];
  if (!action) return false;
  event.preventDefault();
  action();
  return true;
}
