/**
 * The desktop app in the real Electron: start, open a file, a tiny training run, a forecast, quit, and start again.
 * Where Electron's program is missing this is left out with one loud line; test/desktop covers the same wiring.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ElectronApplication, _electron as electron, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { findElectron } from '../../main/setup/electron.mjs';
import { root } from '../architecture/tree.ts';
import { writeSample } from './sample.ts';

const program = findElectron();
const screen = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const runs = program !== null && screen;
if (!runs)
  process.stderr.write(
    `SKIPPED: the desktop app was not started, because ${program === null ? 'Electron’s program is not here' : 'there is no screen'}.\n`,
  );

describe.runIf(runs)('the desktop app', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'driftcast-desktop-'));
  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  async function start(...files: string[]): Promise<{ app: ElectronApplication; page: Page }> {
    const app = await electron.launch({
      executablePath: program ?? '',
      args: [root, `--workspace=${workspace}`, `--user-data-dir=${join(workspace, 'electron')}`, ...files],
    });
    const page = await app.firstWindow();
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    return { app, page };
  }

  it('opens a file, trains, forecasts, and finds all of it again after a restart', async () => {
    const first = await start(writeSample(workspace));
    const { page } = first;
    const patience = { timeout: 300_000 };
    await page.getByRole('tab', { name: 'Prepare' }).click(patience);
    expect(await page.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
    expect(await page.evaluate(() => window.open('https://example.org'))).toBeNull();
    await page.getByRole('button', { name: 'Prepare dataset' }).click(patience);
    await page.getByRole('radio', { name: /Tiny/ }).click(patience);
    await page.getByRole('radio', { name: /Tiny.*parameters/ }).waitFor(patience);
    await page.getByRole('button', { name: 'Train: Tiny' }).click();
    await page.getByRole('button', { name: 'Make a forecast' }).click(patience);
    await page.getByRole('spinbutton', { name: 'Members' }).fill('5');
    await page.getByRole('button', { name: 'Run the forecast' }).click();
    await page.getByRole('tab', { name: 'Scores' }).waitFor(patience);
    await first.app.close();

    const second = await start();
    await second.page.getByRole('button', { name: 'Library', exact: true }).click();
    await second.page.getByRole('button', { name: /^Compare: From/ }).waitFor();
    await second.app.close();
  });
});
