/** The window by keyboard alone, and what every view owes to all who use it. */
import { expect } from 'vitest';
import { readyMaps, type TestApp, tabTo } from './app.ts';
import { problemsInBothThemes } from './axe.ts';

export function keyboardOf(app: () => TestApp, patience: { timeout: number }) {
  const maps = (count: number) => readyMaps(app().page, count, patience);
  const heading = (name: string) => app().page.getByRole('heading', { level: 1, name }).waitFor();

  /** Goes to a control by the Tab key and presses a key there. */
  async function press(name: RegExp, key = 'Enter'): Promise<void> {
    await tabTo(app().page, name, 150);
    await app().page.keyboard.press(key);
  }

  async function type(name: RegExp, text: string): Promise<void> {
    await press(name, 'Control+a');
    await app().page.keyboard.type(text);
  }

  /** Nothing serious in both themes, and no sideways overflow in a window of 1280 × 800 at 200 %. */
  async function fitForAll(view: string): Promise<void> {
    const { page } = app();
    expect.soft(await problemsInBothThemes(page), view).toEqual([]);
    const usual = page.viewportSize()!;
    await page.setViewportSize({ width: 640, height: 400 });
    // What floats over the page finds its new place with the next pictures.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    expect.soft(await page.evaluate(overflowing), `${view} at 200 %`).toEqual([]);
    await page.setViewportSize(usual);
  }
  return { maps, heading, press, type, fitForAll };
}

/** Controls that lie outside the window even after scrolling to them; runs in the page. */
function overflowing(): string[] {
  const root = document.documentElement;
  const found =
    root.scrollWidth > window.innerWidth || root.scrollHeight > window.innerHeight
      ? [`the page is ${root.scrollWidth} × ${root.scrollHeight}`]
      : [];
  for (const control of document.querySelectorAll<HTMLElement>(
    'main :is(button, input, select, a, summary)',
  )) {
    if (control.tabIndex < 0 || !control.checkVisibility() || control.closest('[inert], .visually-hidden'))
      continue;
    control.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const { left, right, top, width } = control.getBoundingClientRect();
    if (width > 0 && (left < 0 || right > window.innerWidth + 1 || top < 0 || top > window.innerHeight))
      found.push(control.getAttribute('aria-label') ?? control.textContent?.trim() ?? control.tagName);
  }
  return found;
}
