/**
 * The other systems by the keyboard alone: a mesh from its sample to its spectra, a training that is finished early, and
 * the views that only some data have, each before axe in both themes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { keyboardOf } from './keys.ts';

const patience = { timeout: 60_000 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

const { press, type, maps, fitForAll } = keyboardOf(() => app, patience);

describe('by keyboard alone', () => {
  it('forecasts as far and as fast as one wants, knowing what that costs', async () => {
    const { page } = app;
    await press(/^Open the sample: Surface ocean/);
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    await type(/^Members/, '3');
    await type(/^Horizon, steps/, '3');
    await press(/^Sampling/, 'End');
    const schedule = await page.getByLabel('Sampling').inputValue();
    await press(/^Measure( again)?$/);
    const progress = page.getByRole('progressbar', { name: 'Measuring speed and skill' });
    await progress.waitFor(patience);
    await fitForAll('Forecast, while speed and skill are measured');
    await press(/^Cancel Speed and skill/);
    await progress.waitFor({ state: 'hidden', ...patience });
    expect(await page.getByLabel('Sampling').inputValue()).toBe(schedule);
    await press(/^Run the forecast/);
    await maps(4);
    await press(/^Lead time/, 'End');
    await page.getByText('lead 3 days', { exact: true }).waitFor();
  });

  it('forecasts a mesh', async () => {
    const { page } = app;
    await press(/^Data$/);
    await press(/^Open another/);
    await press(/^Open the sample: Spring mesh/);
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    await type(/^Members/, '3');
    await type(/^Horizon, steps/, '6');
    await press(/^Run the forecast/);
    await page.locator('[data-testid=mesh-view][data-ready=true]').nth(1).waitFor(patience);
    await maps(2);
    await fitForAll('Compare, meshes');
  });

  it('scores it, down to its spectra', async () => {
    const { page } = app;
    await press(/^Probe$/, 'ArrowRight');
    await type(/^Members/, '3');
    await type(/^Starts/, '2');
    await press(/^Score/);
    await page.getByRole('heading', { name: 'Power spectra' }).waitFor(patience);
    await fitForAll('Compare, scores of a mesh');
  });

  it('finishes a training early, and looks at what came of it', async () => {
    const { page } = app;
    await press(/^Train$/);
    await press(/^Settings$/);
    await type(/^Name of the run/, 'Early');
    await press(/^Train: /);
    await page.getByTestId('run-state').getByText('Training').waitFor(patience);
    await page.getByText(/forecaster, epoch [2-9]\d* of \d+/).waitFor(patience);
    await press(/^Finish early$/);
    await page.getByTestId('run-state').getByText('Finished').waitFor(patience);
    await fitForAll('Train, finished');
  });
});

describe('views that only some data have', () => {
  it('are fit for all: a globe, vorticity, colours, what computes', async () => {
    const { page } = app;
    await press(/^Data$/);
    await press(/^Open another/);
    await press(/^Open the sample: Surface ocean/);
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    await press(/^Data$/);
    await maps(1);
    await press(/^Globe$/);
    await page.locator('[data-testid=globe][data-ready=true]').waitFor(patience);
    await fitForAll('Data, globe');
    await press(/^Colours and range/);
    await page.getByRole('radiogroup', { name: /range/i }).or(page.getByLabel('Reversed')).first().waitFor();
    await fitForAll('Colours');
    await page.keyboard.press('Escape');
    await press(/^Compute backend/);
    await page.getByRole('heading', { name: 'What computes' }).waitFor();
    await fitForAll('What computes');
    await page.keyboard.press('Escape');
    await press(/^Open another/);
    await press(/^Open the sample: Flow around obstacles/);
    await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
    await press(/^Data$/);
    await maps(1);
    const variable = (name: string) =>
      page.getByRole('radiogroup', { name: 'Variable' }).getByRole('radio', { name, checked: true });
    await variable('vx').press('ArrowDown');
    await variable('vy').press('ArrowRight');
    await page.getByText('frame 34 of 65').waitFor(patience);
    await variable('vy').press('ArrowUp');
    await variable('vx').waitFor(patience);
    await press(/^Quantity shown/, 'End');
    await page.getByRole('main').getByText('Speed', { exact: true }).first().waitFor(patience);
    await press(/^Quantity shown/, 'ArrowUp');
    await page.getByRole('main').getByText('Vorticity', { exact: true }).first().waitFor(patience);
    await fitForAll('Data, vorticity');
    expect(app.complaints).toEqual([]);
  });
});
