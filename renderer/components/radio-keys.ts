/**
 * The arrow keys in a group of cards of which one is chosen, as radio buttons have them: the next one is chosen and has
 * the focus. Where arrows to the side move through time, for those up and down alone.
 */
export function radioKeys(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const radios = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="radio"]:not(:disabled)')];
  const at = radios.indexOf((event.target as HTMLElement).closest<HTMLElement>('[role="radio"]')!);
  if (!by || at < 0) return;
  event.preventDefault();
  const next = radios[(at + by + radios.length) % radios.length]!;
  next.click();
  next.focus();
}
