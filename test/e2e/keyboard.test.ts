/**
 * From a sample to what is taken away by the keyboard alone, and on the way: every view before axe in both themes, with
 * room for everything at 200 %, and back again after a reload.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import type { Download } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { startApp, type TestApp } from './app.ts';
import { keyboardOf } from './keys.ts';

const patience = { timeout: 120_000 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const { maps, heading, press, type, fitForAll } = keyboardOf(() => app, patience);

/** Chooses an entry of the export menu by its first letters, as a menu does. */
async function take(group: string, entry: string): Promise<Buffer> {
  const { page } = app;
  await press(/^Export/);
  const item = page.getByRole('group', { name: group }).getByRole('menuitem', { name: entry });
  await item.waitFor();
  for (let presses = 0; presses < 30; presses += 1) {
    if (await item.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  const waiting = page.waitForEvent('download', patience);
  await page.keyboard.press('Enter');
  const download: Download = await waiting;
  return readFile(await download.path());
}

describe('by keyboard alone', () => {
  it('opens a sample and goes on from where the window leads', async () => {
    await fitForAll('Data without a file');
    await press(/^Open the sample: Surface ocean/);
    await app.page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    await maps(1);
    await expect.poll(() => app.page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
    await fitForAll('Forecast');
  });

  it('looks at the data, and finds them again after a reload', async () => {
    const { page } = app;
    await press(/^Data$/);
    await maps(1);
    await fitForAll('Data, prepare');
    await press(/^Prepare$/, 'ArrowRight');
    await page.getByRole('tab', { name: 'Probe', selected: true }).waitFor();
    await fitForAll('Data, probe');
    await page.keyboard.press('ArrowRight');
    await fitForAll('Data, file');
    await press(/^Zoom in/);
    await page.keyboard.press('ArrowRight');
    await page.getByText('frame 2 of 730').waitFor();
    await expect.poll(() => page.url()).toContain('time=1');
    await page.reload();
    await page.getByText('frame 2 of 730').waitFor(patience);
    await heading('Data');
  });

  it('fine-tunes the model that came along, pauses and resumes', async () => {
    const { page } = app;
    await press(/^Train$/);
    await page.getByRole('radio', { name: /time .* memory/ }).waitFor(patience);
    await fitForAll('Train');
    await press(/^Start from/, 'ArrowDown');
    await page.getByRole('button', { name: /^Fine-tune: Surface ocean/ }).waitFor();
    await type(/^Name of the run/, 'Tuned');
    await press(/^Fine-tune: /);
    await page.getByTestId('run-state').getByText('Training').waitFor(patience);
    await page.getByText(/, epoch 1 of \d+ · /).waitFor(patience);
    await fitForAll('Train, while training');
    await press(/^Pause$/);
    await page.getByTestId('run-state').getByText('Paused').waitFor(patience);
    await page.reload();
    await page.getByTestId('run-state').getByText('Paused').waitFor(patience);
    await press(/^Resume$/);
    await page.getByTestId('run-state').getByText('Training').waitFor(patience);
    await press(/^Pause$/);
    await page.getByTestId('run-state').getByText('Paused').waitFor(patience);
    await press(/^Settings$/, 'ArrowRight');
    await page.getByRole('row', { name: /^Fine-tuned from Surface ocean/ }).waitFor();
  });

  it('forecasts members at leads between the data’s steps', async () => {
    const { page } = app;
    await press(/^Run: /);
    await page.getByRole('option', { name: /pretrained/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    for (let n = 0; n < 3; n += 1) {
      if ((await page.getByRole('option', { name: /pretrained/ }).getAttribute('data-highlighted')) !== null)
        break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await press(/^Forecast$/);
    await type(/^Members/, '4');
    await type(/^Leads between/, '0.5, 9');
    await page.getByText('“9” is no lead between 0 and 7 steps.').waitFor();
    await type(/^Leads between/, '0.5');
    await press(/^Run the forecast/);
    await maps(4);
    await page.getByText('lead 0.5 days', { exact: true }).waitFor();
    await page.reload();
    await maps(4);
    await page.getByText('lead 0.5 days', { exact: true }).waitFor();
  });

  it('compares: the place, the scores, six panes', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Move the probe right' }).waitFor(patience);
    await press(/^Move the probe right/);
    await page.getByLabel(/^Ensemble at this place, lead 0\.5/).waitFor();
    await fitForAll('Compare, probe');
    await press(/^Probe$/, 'ArrowRight');
    await type(/^Members/, '4');
    await type(/^Starts/, '2');
    await press(/^Score/);
    await page
      .getByRole('table')
      .getByText(/Persistence/i)
      .first()
      .waitFor(patience);
    for (const title of ['Rank histogram', 'Spread and skill', 'By lead'])
      await page.getByRole('heading', { name: title }).waitFor(patience);
    await fitForAll('Compare, scores');
    await press(/^Rank histogram$/);
    const entry = page.locator('.definition').getByText('A U means too little spread');
    await entry.waitFor();
    await fitForAll('A word explained in place');
    await page.keyboard.press('Escape');
    await entry.waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Rank histogram');
    await press(/^Scores$/, 'ArrowRight');
    await page.getByRole('row', { name: /Leads 7 × 1 day and 1 between/ }).waitFor();
    await fitForAll('Compare, metadata');
    await press(/^Forecast as NetCDF/, '6');
    await maps(6);
    await fitForAll('Compare, six panes');
    await page.keyboard.press('2');
    await page.getByTestId('map').nth(2).waitFor({ state: 'hidden' });
  });

  it('takes away a picture, a video, the forecast, numbers and a report', async () => {
    const picture = await take('Picture, PNG', 'All panes');
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    expect(picture.readUInt32BE(16)).toBeGreaterThan(600);
    const video = new Input({
      source: new BufferSource(await take('Video', 'WebM')),
      formats: ALL_FORMATS,
    });
    const track = await video.getPrimaryVideoTrack();
    expect((await track!.computePacketStats()).packetCount).toBe(8);
    const csv = (await take('Data and report', 'Probed place')).toString().trim().split(/\r?\n/);
    // The initial condition, the lead between and seven data steps, below the names.
    expect(csv.length).toBe(10);
    expect(new Set(csv.slice(1).map((line) => line.split(',').length)).size).toBe(1);
    const scores = (await take('Data and report', 'Scores of the run')).toString();
    expect(scores).toMatch(/persistence/i);
    const report = (await take('Data and report', 'Report')).toString();
    expect(report).toContain('data:image/png;base64,');
    expect(report).not.toMatch(/(src|href)="https?:/);
    const path = `${app.folder}/forecast.nc`;
    await writeFile(path, await take('Data and report', 'Forecast'));
    const file = await openDataFile(path);
    try {
      const { data } = await readField(file, 'sst', { time: 0 });
      expect(data.some((value) => value > 0 && value < 40)).toBe(true);
    } finally {
      await file.close();
    }
  });

  it('finds all of it in the library, deletes, and takes that back', async () => {
    const { page } = app;
    await press(/^Library$/);
    await heading('Library');
    await fitForAll('Library');
    await press(/^Delete From/);
    await page.getByRole('region', { name: 'Forecasts' }).getByText('None yet.').waitFor();
    await press(/^Undo$/);
    await page.getByRole('button', { name: /^Compare: From/ }).waitFor();
    await press(/^From /);
    await page.getByRole('heading', { name: 'Came from' }).waitFor();
    await type(/^Tags/, 'baseline, figure 3');
    await page.keyboard.press('Enter');
    const forecasts = page.getByRole('region', { name: 'Forecasts' });
    await forecasts.getByText('figure 3', { exact: true }).waitFor();
    await fitForAll('What is chosen in the Library');
    await press(/^Undo$/);
    await forecasts.getByText('figure 3', { exact: true }).waitFor({ state: 'hidden' });
    await page.reload();
    await heading('Library');
  });

  it('reads the guide and the keys', async () => {
    const { page } = app;
    await press(/^Guide$/);
    await heading('Guide');
    await fitForAll('Guide');
    await press(/^Keys and help/);
    await page.getByRole('dialog').waitFor();
    await fitForAll('Keys and help');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Keys and help',
    );
  });

  it('sets up each system', async () => {
    const { page } = app;
    await press(/^Data$/);
    await page.reload();
    await press(/^Simulate…/);
    await press(/^Navier/, 'ArrowRight');
    await page.getByRole('radio', { name: /^Surface ocean/, checked: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('radio', { name: /^Navier/, checked: true }).waitFor();
    for (const system of ['Spring mesh A', 'Navier', 'Surface ocean']) {
      await press(new RegExp(`^${system}`), 'Space');
      await page.getByRole('radio', { name: new RegExp(`^${system}`), checked: true }).waitFor();
      await fitForAll(`Simulate: ${system}`);
    }
    expect(app.complaints).toEqual([]);
  });
});
