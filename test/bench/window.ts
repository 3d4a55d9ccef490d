/**
 * Measure 4, the part in the window: scrubbing through daily fields of a quarter degree, switching the variable, and
 * how long the interface's thread is busy without a pause, alone and while a model trains. In a real browser whose
 * graphics run in software.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { startApp } from '../e2e/app.ts';
import { installInstruments, readInstruments, resetInstruments } from '../e2e/instruments.ts';
import { untilQuiet } from '../e2e/quiet.ts';
import type { Measure } from './measure.ts';

const [height, width] = [720, 1440];
const times = 120;
const settings = { cells: `${height} × ${width}`, times, graphics: 'SwiftShader' };
const patience = { timeout: 300_000 };

export async function benchWindow(): Promise<Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'driftcast-window-'));
  const path = join(folder, 'daily.nc');
  await writeDaily(path);
  const app = await startApp({ words: [path], beforeOpening: installInstruments });
  const results: Measure[] = [];
  const add = (name: string, value: number, unit: string, goal: string) => {
    console.error(`${name}: ${value.toFixed(1)} ${unit}`);
    results.push({ name, value, unit, settings: { ...settings, goal } });
  };
  const addScrub = async (name: string, frames: number, goal: string) => {
    const { rate, longest } = await scrub(app.page, frames);
    add(name, rate, '1/s', goal);
    add(`${name}: interface busy at most`, longest, 'ms', 'below 100');
  };
  try {
    const { page } = app;
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    // What reads the whole file at first would share the processor with what is measured.
    await page.getByRole('tab', { name: 'File' }).click();
    await page.getByText('% of all values').waitFor(patience);
    await addScrub('scrubbing the whole file at once', times, '');
    // Who looks at the first map for some seconds finds the others read.
    await untilQuiet(page, 1000);
    await addScrub('scrubbing the whole file', times, 'at least 30');
    await addScrub('scrubbing to and fro', 20, 'at least 30');
    for (const name of ['anom', 'sst'])
      add(`switch to ${name}`, await switchVariable(page, name), 'ms', 'below 300');
    await startTraining(page);
    add('interface busy at most on the way there', await longestTask(page), 'ms', 'below 100');
    await addScrub('scrubbing while a model trains', times, '');
  } finally {
    for (const complaint of app.complaints) console.error(complaint);
    await app.close();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}

/**
 * Drags the pointer along the time line, over `frames` frames and back, for four seconds: a frame further with each
 * picture of the screen. The moves are made in the page, because the browser's remote control takes 50 ms for each.
 */
async function scrub(page: Page, frames: number): Promise<{ rate: number; longest: number }> {
  const line = page.getByRole('slider', { name: /frame/i });
  await line.hover({ position: { x: 1, y: 10 } });
  await page.mouse.down();
  await resetInstruments(page);
  const seconds = await line.evaluate(
    (element, { frames, times }) =>
      new Promise<number>((resolve) => {
        const box = element.getBoundingClientRect();
        const start = performance.now();
        let moves = 0;
        // As the browser hands over a pointer's moves: between two pictures, one for each.
        const between = new MessageChannel();
        const next = () => requestAnimationFrame(() => between.port2.postMessage(null));
        between.port1.onmessage = () => {
          const spent = performance.now() - start;
          if (spent > 4000) return resolve(spent / 1000);
          const step = moves % (2 * frames);
          const frame = step < frames ? step : 2 * frames - 1 - step;
          const clientX = box.x + ((frame + 0.5) / times) * box.width;
          element.dispatchEvent(
            new PointerEvent('pointermove', { bubbles: true, buttons: 1, clientX, clientY: box.y + 10 }),
          );
          moves += 1;
          next();
        };
        next();
      }),
    { frames, times },
  );
  const { uploads, longTasks } = await readInstruments(page);
  await page.mouse.up();
  // Nothing else that is uploaded has so many cells; what passes is coarse.
  const drawn = uploads.filter(({ cells }) => cells > 100_000).length;
  return { rate: drawn / seconds, longest: Math.max(0, ...longTasks) };
}

async function longestTask(page: Page): Promise<number> {
  return Math.max(0, ...(await readInstruments(page)).longTasks);
}

/** From the click to the first frame whose field has gone to the GPU, in milliseconds. */
async function switchVariable(page: Page, name: string): Promise<number> {
  const card = page
    .getByRole('radiogroup', { name: 'Variable' })
    .getByRole('radio')
    .filter({ hasText: `${name} ·` });
  await resetInstruments(page);
  return card.evaluate(
    (element, cells) =>
      new Promise<number>((resolve) => {
        const clicked = performance.now();
        (element as HTMLElement).click();
        const look = () => {
          if (window.instruments.uploads.some((upload) => upload.cells === cells))
            resolve(performance.now() - clicked);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
    height * width,
  );
}

/** Trains a model of the ocean that comes along, watches its curves for some seconds, and shows the file again. */
async function startTraining(page: Page): Promise<void> {
  const daily = new URL(page.url()).hash;
  await page.getByRole('button', { name: 'Open another…' }).click();
  await page.getByRole('button', { name: 'Open the sample: Surface ocean' }).click();
  await page.getByRole('button', { name: 'Run the forecast' }).waitFor(patience);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('button', { name: /^Train: / }).click();
  await page
    .getByTestId('run-state')
    .getByText(/training/i)
    .waitFor(patience);
  await resetInstruments(page);
  await setTimeout(15_000);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, daily);
  await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
  await page.getByText('of 120').waitFor(patience);
}

/** Two variables as a satellite product has them: deflated chunks of a frame each, with digits of noise. */
async function writeDaily(path: string): Promise<void> {
  const writer = await Netcdf4Writer.create(path);
  const axis = (count: number, first: number, step: number) =>
    Float64Array.from({ length: count }, (_, i) => first + i * step);
  writer.dimension('time', axis(times, 0, 1), { units: 'days since 2001-01-01' });
  writer.dimension('lat', axis(height, -89.875, 0.25), { units: 'degrees_north' });
  writer.dimension('lon', axis(width, 0.125, 0.25), { units: 'degrees_east' });
  const frame = new Float32Array(height * width);
  for (const [number, name] of ['sst', 'anom'].entries()) {
    writer.slabVariable(name, {
      dims: ['time', 'lat', 'lon'],
      chunks: [1, height, width],
      deflate: 1,
      attributes: { units: 'degC' },
    });
    for (let time = 0; time < times; time++) {
      for (let cell = 0; cell < frame.length; cell++) {
        const [row, column] = [Math.floor(cell / width), cell % width];
        const belt = number === 0 ? 28 * Math.sin((row / height) * Math.PI) : 0;
        // Hundredths, as products round them.
        frame[cell] = Math.round((belt + Math.sin(column * 0.02 + row * 0.01 + time * 0.2)) * 100) / 100;
      }
      writer.writeSlab(name, [time, 0, 0], [1, height, width], frame);
    }
  }
  await writer.close();
}
