/** From a file to a scored forecast, all in the window of a real browser. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colourOf, colourTable, styledTable } from '../../renderer/scenes/colour-tables.ts';
import { MapGeometry } from '../../renderer/scenes/map-geometry.ts';
import { readyMaps, startApp, type TestApp } from './app.ts';
import { sample, writeSample } from './sample.ts';

const patience = { timeout: 240_000 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const maps = (count: number) => readyMaps(app.page, count, patience);
const number = async (testId: string) =>
  Number((await app.page.getByTestId(testId).first().textContent())?.replace('−', '-'));

/** As from the keyboard, with the focus nowhere in particular. */
async function press(key: string): Promise<void> {
  await app.page.getByTestId('now').click();
  await app.page.keyboard.press(key);
}

describe('from a file to a scored forecast', () => {
  it('shows a file as a map with the right colour at known cells and a hatch on land', async () => {
    const { page } = app;
    await page.getByLabel('NetCDF file').setInputFiles(writeSample(app.folder));
    await maps(1);
    await page.getByText('frame 1 of 60').waitFor();
    // The scale is final once the statistics of the whole file are there.
    await page.getByRole('tab', { name: 'File' }).click();
    await page.getByText('% of all values').waitFor();
    await page.getByRole('tab', { name: 'Prepare' }).click();
    const geometry = new MapGeometry(sample);
    const box = await page.getByTestId('map').boundingBox();
    if (!box) throw new Error('The map has no place on the page.');
    const [min, max] = [await number('scale-min'), await number('scale-max')];
    await page.mouse.move(0, 0);
    for (const [row, column] of [
      [1, 2],
      [4, 11],
      [8, 6],
      [11, 16],
      [13, 3],
    ] as const) {
      const { u, v } = geometry.pointOf({ row, column });
      // A little beside the centre, where no graticule line runs.
      const shown = await app.pixel(box.x + (u + 0.008) * box.width, box.y + (v + 0.012) * box.height);
      const wanted = colourOf(colourTable('thermal'), sample.value(0, row, column), min, max);
      for (const channel of [0, 1, 2] as const)
        expect(Math.abs(shown[channel] - wanted[channel]), `row ${row}, column ${column}`).toBeLessThan(5);
    }
    const land = geometry.pointOf({ row: 14, column: 21 });
    const shown = await app.pixel(
      box.x + (land.u + 0.008) * box.width,
      box.y + (land.v + 0.012) * box.height,
    );
    const close = (wanted: number[]) => wanted.every((value, at) => Math.abs((shown[at] ?? 0) - value) < 5);
    expect(close([0xcf, 0xd5, 0xdb]) || close([0xbc, 0xc4, 0xcc]), `land is ${shown}`).toBe(true);
  });

  it('turns the colours round, cuts them into steps and takes typed limits, which the address keeps', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Colours and range' }).click();
    await page.getByRole('checkbox', { name: 'Reversed' }).check();
    await page.getByRole('combobox', { name: 'Steps' }).selectOption('5');
    await page.getByRole('radio', { name: 'Between' }).check();
    await page.getByLabel('Lower limit').fill('24');
    await page.getByLabel('Upper limit').fill('18');
    await page.getByLabel('Upper limit').press('Enter');
    await page.getByText('the smaller one first').waitFor();
    await page.getByLabel('Lower limit').fill('16');
    await page.getByLabel('Upper limit').fill('26');
    await page.getByLabel('Upper limit').press('Enter');
    await page.getByTestId('scale-max').getByText('≥ 26').waitFor();
    await press('Escape');
    const table = styledTable(colourTable('thermal'), true, 5);
    const box = (await page.getByTestId('map').boundingBox())!;
    const { u, v } = new MapGeometry(sample).pointOf({ row: 11, column: 16 });
    const wanted = colourOf(table, sample.value(0, 11, 16), 16, 26);
    await expect
      .poll(() => app.pixel(box.x + (u + 0.008) * box.width, box.y + (v + 0.012) * box.height))
      .toEqual(wanted);
    await expect
      .poll(() => new URL(page.url()).hash)
      .toMatch(/colours=reversed%2Csteps\+5%2Cmanual\+16\+26\+sst/);
    await page.evaluate(() => {
      location.hash = location.hash.replace(/&colours=[^&]*/, '');
    });
    await page.getByTestId('scale-max').getByText('≥').waitFor({ state: 'detached' });
  });

  it('steps through time with the keys', async () => {
    const { page } = app;
    await press('ArrowRight');
    await page.getByText('frame 2 of 60').waitFor();
    await press('Shift+ArrowRight');
    await page.getByText('frame 12 of 60').waitFor();
    // It is written a few times a second at most.
    await expect.poll(() => page.url()).toContain('time=11');
    await press('Home');
    await page.getByText('frame 1 of 60').waitFor();
  });

  it('reads a cell over time, the mean over a dragged box, and a typed line', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Probe' }).click();
    const values = page.getByTestId('place-values');
    await page.getByLabel('Latitude, °N').fill('-13');
    await page.getByLabel('Latitude, °N').press('Enter');
    await page.getByLabel('Longitude, °E').fill('-153');
    await page.getByLabel('Longitude, °E').press('Enter');
    // The file's first value at that cell, row 1 and column 3.
    await values
      .getByText(`${sample.value(0, 1, 3).toFixed(2)} °C`)
      .first()
      .waitFor();
    await page.getByText('Box mean').click();
    const box = await page.getByTestId('place-overlay').boundingBox();
    if (!box) throw new Error('The map has no place for a box.');
    await page.mouse.move(box.x + box.width * 0.82, box.y + box.height * 0.02);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.1);
    await page.mouse.move(box.x + box.width * 0.98, box.y + box.height * 0.22);
    await page.mouse.up();
    await page.getByTestId('place-nothing').getByText('No cell of this box is observed').waitFor();
    await expect.poll(() => page.url()).toContain('place=box-12-19-15-23');
    await page.getByText('Transect').click();
    await page.getByLabel('To B: longitude').fill('-113');
    await page.getByLabel('To B: longitude').press('Enter');
    await page.getByText(/^[\d ]+ km from A to B/).waitFor();
    await page.getByRole('tab', { name: 'Prepare' }).click();
  });

  it('lays another file beside it, with the difference', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Beside…' }).click();
    await page.getByLabel('File to lay beside').setInputFiles(writeSample(app.folder));
    await page.getByLabel(/^Difference: minimum 0\.00 °C, maximum 0\.00 °C/).waitFor();
    await page.getByRole('button', { name: 'Beside…' }).click();
    await page.getByRole('region', { name: 'Difference' }).waitFor({ state: 'hidden' });
  });

  it('takes a region from a drag, says what would result, and undoes it', async () => {
    const { page } = app;
    const box = await page.getByTestId('region').boundingBox();
    if (!box) throw new Error('The region has no place on the page.');
    await page.mouse.move(box.x + box.width * 0.02, box.y + box.height * 0.03);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
    await page.mouse.move(box.x + box.width * 0.48, box.y + box.height * 0.48);
    await page.mouse.up();
    await page.getByTestId('region-size').getByText('8 × 12 cells').waitFor();
    await page.getByText('8 × 12 cells', { exact: false }).nth(1).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByTestId('region-size').getByText('16 × 24 cells').waitFor();
  });

  it('prepares a dataset and goes on to training', async () => {
    const { page } = app;
    await page.getByLabel('Horizon, steps').fill('3');
    await page.getByText('3 months').waitFor();
    await page.locator('[aria-label="What results"][aria-busy=false]').waitFor();
    expect(Number(await page.getByTestId('examples-test').textContent())).toBeGreaterThan(0);
    await page.getByLabel('Name').fill('Small Pacific');
    await page.getByRole('button', { name: 'Prepare dataset' }).click();
    await page.getByText('Ready to train').waitFor(patience);
    await page.getByLabel(/^Dataset: Small Pacific/).waitFor();
  });

  it('trains the tiny preset with live curves', async () => {
    const { page } = app;
    await page.getByRole('radio', { name: /Tiny/ }).click();
    await page.getByRole('radio', { name: /Tiny.*parameters/ }).waitFor(patience);
    await page.getByRole('button', { name: 'Train: Tiny' }).click();
    await page.getByTestId('run-state').getByText('Training').waitFor(patience);
    await page.getByLabel(/^Training loss\. Interpolator after [1-9]/).waitFor(patience);
    await page.getByRole('button', { name: 'Make a forecast' }).waitFor(patience);
    await page.getByLabel(/^Fair CRPS on the validation split\. Best \d/).waitFor();
  });

  it('forecasts from the first test start and shows truth, mean, spread and error', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Make a forecast' }).click();
    await maps(1);
    await page.getByRole('spinbutton', { name: 'Members' }).fill('5');
    await page.getByRole('button', { name: 'Run the forecast' }).click();
    await maps(4);
    for (const title of ['Truth', 'Ensemble mean', 'Ensemble spread', 'Error'])
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
    await page.getByLabel(/^Truth, .*minimum .* °C, maximum .* °C, mean .* °C/).waitFor();
    // One fixed scale for truth and mean, zero in the middle of the error's.
    const ends = await page.getByTestId('scale-min').allTextContents();
    const tops = await page.getByTestId('scale-max').allTextContents();
    expect(ends[0]).toBe(ends[1]);
    expect(tops[0]).toBe(tops[1]);
    expect(ends[3]?.replace('−', '')).toBe(tops[3]?.replace('+', ''));
  });

  it('shows the fan of members at the place that was clicked', async () => {
    const { page } = app;
    const box = await page.getByTestId('map').first().boundingBox();
    if (!box) throw new Error('The map has no place on the page.');
    const geometry = new MapGeometry(sample);
    const { u, v } = geometry.pointOf({ row: 5, column: 8 });
    await page.mouse.click(box.x + u * box.width, box.y + v * box.height);
    await page.getByTestId('probe').getByText('5.0° S, 143.0° W').waitFor();
    await page.getByLabel(/^Ensemble at this place, lead 1: median .*truth/).waitFor();
    await press('ArrowRight');
    await page.getByText('lead 2 months', { exact: true }).waitFor();
    await page.getByLabel(/^Ensemble at this place, lead 2/).waitFor();
  });

  it('shows the ensemble over a box and along a line', async () => {
    const { page } = app;
    await page.getByText('Box mean').click();
    await page.getByText(/^Each member’s own mean over \d+ cells, weighted/).waitFor();
    await page.getByLabel(/^Ensemble at this place, lead 2: median .*truth/).waitFor();
    await page.getByText('Transect').click();
    await page
      .getByLabel(/^sst from .*: ensemble mean and truth between .* °C and .* °C along [\d ]+ km/)
      .waitFor();
    await expect.poll(() => page.url()).toContain('area=line-');
    await page.getByText('Point', { exact: true }).click();
    await page.getByTestId('probe').waitFor();
  });

  it('scores the run over the test split beside what it must beat', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Scores' }).click();
    await page.getByRole('spinbutton', { name: 'Members' }).fill('4');
    await page.getByRole('button', { name: 'Score on the test split' }).click();
    await page.getByTestId('methods').waitFor(patience);
    const rows = await page.getByTestId('methods').locator('tbody tr').allTextContents();
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.join(' ')).toMatch(/persistence/i);
    expect(rows.join(' ')).toMatch(/climatology/i);
    expect(await page.getByTestId('by-lead').locator('tbody tr').count()).toBe(3);
  });

  it('hands over the forecast as NetCDF and the scores as CSV', async () => {
    const { page } = app;
    const csv = await page.getByRole('link', { name: 'Scores as CSV' }).getAttribute('href');
    await page.getByRole('tab', { name: 'Metadata' }).click();
    const netcdf = await page.getByRole('link', { name: 'Forecast as NetCDF' }).getAttribute('href');
    const first = await page.request.get(new URL(csv ?? '', page.url()).href);
    expect(first.status()).toBe(200);
    expect(await first.text()).toMatch(/lead/);
    const second = await page.request.get(new URL(netcdf ?? '', page.url()).href);
    expect((await second.body()).subarray(1, 4).toString()).toBe('HDF');
  });

  it('lays a file beside the forecast, matched by time and place', async () => {
    const { page } = app;
    await page.getByLabel('Pane 4 shows').selectOption('file-error');
    await page.getByLabel('File to lay beside').setInputFiles(writeSample(app.folder));
    await page.getByRole('button', { name: 'Choose…' }).waitFor();
    // The file is the one that the truth was prepared from.
    await page.getByLabel(/^File − truth, pacific\.nc: sst.*minimum 0\.00 °C, maximum 0\.00 °C/).waitFor();
    await page.getByLabel('Pane 4 shows').selectOption('error');
  });

  it('comes back to the same forecast, lead and place after a reload', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Probe' }).click();
    // Browsers take few changes of an address a second: the last of several comes a little later.
    await expect.poll(() => page.url()).toContain('tab=probe');
    await page.reload();
    await maps(4);
    await page.getByText('lead 2 months', { exact: true }).waitFor();
    await page.getByTestId('probe').getByText('5.0° S, 143.0° W').waitFor();
    await page.getByTestId('methods').waitFor();
  });

  it('cancels a training from the top bar and keeps the run', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('radio', { name: /Small/ }).click();
    await page.getByRole('button', { name: 'Train: Small' }).click();
    await page.getByTestId('run-state').getByText('Training').waitFor(patience);
    await page.getByRole('button', { name: /^Cancel Train/ }).click();
    await page
      .getByTestId('run-state')
      .getByText(/Paused|Stopped/)
      .waitFor(patience);
    await page.getByRole('button', { name: 'Resume' }).waitFor();
  });

  it('takes a deletion back', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Library', exact: true }).click();
    await page.getByRole('button', { name: /^Delete From/ }).click();
    await page.getByRole('region', { name: 'Forecasts' }).getByText('None yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: /^Compare: From/ }).waitFor();
  });

  it('never complained in the console', () => {
    expect(app.complaints).toEqual([]);
  });
});
