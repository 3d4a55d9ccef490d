/** The documents inside the app: read, searched and followed from page to page, by keyboard too. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp, tabTo } from './app.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('the guide', () => {
  it('is one click away, with pictures that fit the theme', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Guide' }).click();
    await page.getByRole('heading', { level: 2, name: 'Guide' }).waitFor();
    const picture = page.getByRole('img', { name: /^A forecast of a spring mesh/ });
    const shown = () =>
      picture.evaluate((image: HTMLImageElement) => ({ width: image.naturalWidth, source: image.src }));
    await expect.poll(async () => (await shown()).width).toBeGreaterThan(1000);
    const light = (await shown()).source;
    while (!(await page.getByRole('button', { name: 'Theme: dark' }).isVisible()))
      await page.getByRole('button', { name: /^Theme:/ }).click();
    await expect.poll(async () => (await shown()).width).toBeGreaterThan(1000);
    expect((await shown()).source).not.toBe(light);
  });

  it('leads from page to page, and back', async () => {
    const { page } = app;
    await page.getByRole('link', { name: 'notes on the method' }).click();
    await page.getByRole('heading', { level: 2, name: 'The method, and how Driftcast does it' }).waitFor();
    const scores = page.getByRole('heading', { name: 'Scores', exact: true });
    await expect.poll(() => scores.evaluate((heading) => heading === document.activeElement)).toBe(true);
    await expect.poll(() => page.url()).toMatch(/page=method&section=scores/);
    await page.goBack();
    await page.getByRole('heading', { level: 2, name: 'Guide' }).waitFor();
  });

  it('is searched by the keyboard alone, from the help', async () => {
    const { page } = app;
    await page.keyboard.press('?');
    await tabTo(page, /Read the guide/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await tabTo(page, /Search the guide/);
    await page.keyboard.type('rank histogram reliability power');
    await page.getByRole('status').getByText('1 section', { exact: true }).waitFor();
    await tabTo(page, /^Scores/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 2, name: 'The method, and how Driftcast does it' }).waitFor();
    await page.getByLabel('Search the guide').fill('xylophone');
    await page.getByText('Nothing in the guide has all of “xylophone”.').waitFor();
  });

  it('never complained in the console', () => {
    expect(app.complaints).toEqual([]);
  });
});
