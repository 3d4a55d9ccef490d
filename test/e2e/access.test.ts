/** Who cannot use a mouse or sees colours differently gets as far: keyboard alone, and axe in both themes. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedFolder } from '../shared-folder.ts';
import { startApp, type TestApp, tabTo } from './app.ts';
import { seriousProblems } from './axe.ts';
import { writeSample } from './sample.ts';

let app: TestApp;
const patience = { timeout: 120_000 };

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('a window for everyone', () => {
  it('says in a sentence what is wrong with a file, and what to do', async () => {
    const { page } = app;
    const broken = join(app.folder, 'broken.nc');
    await writeFile(broken, 'this is a text, not a data file');
    await page.getByLabel('NetCDF file').setInputFiles(broken);
    await page
      .getByRole('alert')
      .getByText(/broken\.nc/)
      .waitFor(patience);
    await page.getByRole('button', { name: 'Copy details' }).waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('prepares a dataset with the keyboard alone', async () => {
    const { page } = app;
    await page.getByLabel('NetCDF file').setInputFiles(writeSample(app.folder));
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    await page.getByTestId('examples-test').waitFor(patience);
    await page.getByTestId('now').click();
    await page.keyboard.press('ArrowRight');
    await page.getByText('frame 2 of 60').waitFor();
    await tabTo(page, /North/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('7');
    await page.keyboard.press('Tab');
    await page.getByTestId('region-size').getByText('12 × 24 cells').waitFor();
    await tabTo(page, /Train until/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2004-03');
    await page.keyboard.press('Tab');
    await page.getByTestId('examples-train').getByText('36').waitFor();
    await tabTo(page, /^Name/);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await page.getByText('Ready to train').waitFor(patience);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it.each(['light', 'dark'] as const)('has nothing serious for axe in the %s theme', async (theme) => {
    const { page } = app;
    while (!(await page.getByRole('button', { name: `Theme: ${theme}` }).isVisible()))
      await page.getByRole('button', { name: /^Theme:/ }).click();
    const problems: Record<string, string[]> = {};
    for (const place of ['Data', 'Train', 'Forecast', 'Compare', 'Library', 'Guide']) {
      await page.getByRole('button', { name: place, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      problems[place] = await seriousProblems(page);
    }
    await page.getByRole('button', { name: 'Data', exact: true }).click();
    await page.getByRole('tab', { name: 'Probe' }).click();
    await page.getByText('Transect').click();
    await page.getByRole('button', { name: 'Beside…' }).click();
    await page.getByRole('button', { name: 'Choose a file…' }).waitFor();
    problems.Probe = await seriousProblems(page);
    await page.getByRole('button', { name: 'Beside…' }).click();
    expect(Object.entries(problems).filter(([, found]) => found.length > 0)).toEqual([]);
  });

  it('keeps everything inside the window at its smallest size', async () => {
    const { page } = app;
    await page.setViewportSize({ width: 1280, height: 800 });
    for (const place of ['Data', 'Train', 'Library']) {
      await page.getByRole('button', { name: place, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: place }).waitFor();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, place).toBeLessThanOrEqual(0);
    }
  });

  it.skipIf(sharedFolder() === null)(
    'opens a real file, keeps it over a reload, and opens another that an address names',
    async () => {
      const { page } = app;
      await page.getByRole('button', { name: 'Data', exact: true }).click();
      const before = new URL(page.url()).hash;
      await page.getByRole('button', { name: 'Open another…' }).click();
      await page
        .getByLabel('NetCDF file')
        .setInputFiles(join(sharedFolder() ?? '', 'data', 'ersst_v5_sst.mnmean.nc'));
      await page.getByText('frame 1 of 128').waitFor(patience);
      await page.getByTestId('now').click();
      await page.keyboard.press('End');
      await page.getByText('frame 128 of 128').waitFor();
      await expect.poll(() => page.url()).toContain('time=127');
      await page.reload();
      await page.getByText('frame 128 of 128').waitFor(patience);
      await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
      await page.getByTestId('now').getByText('Aug 2020').waitFor();
      // The address of the file of before, as a bookmark has it.
      await page.evaluate((hash) => {
        window.location.hash = hash;
      }, before);
      await page.getByText('of 60').waitFor(patience);
    },
  );

  it('never complained in the console', () => {
    expect(app.complaints).toEqual([]);
  });
});
