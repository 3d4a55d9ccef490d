/** Flow 1: whatever is dropped on the window is opened, also folders that are a data set as a whole. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportNnBenchmark } from '#main/data/nnBenchmark/export.ts';
import { exportZarr } from '#main/data/zarr/export.ts';
import { writeFieldFile } from '../data/files.ts';
import { startApp, type TestApp } from './app.ts';
import { problemsInBothThemes } from './axe.ts';
import { sample, writeSample } from './sample.ts';

const patience = { timeout: 120_000 };
const springs = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'spring-mesh.nc');
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

/** As the file manager does it, folders included; the browser alone can make such a drop. */
async function drop(path: string): Promise<void> {
  const { page } = app;
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  await session.detach();
}

const shown = (text: string | RegExp) => app.page.getByRole('main').getByText(text).first().waitFor(patience);

describe('a drop on the window', () => {
  it('of a folder of yearly files is one series', async () => {
    const folder = join(app.folder, 'years');
    await mkdir(folder);
    const day = (year: number, month: number) =>
      (Date.UTC(year, month, 1) - Date.UTC(2001, 0, 1)) / 86_400_000;
    for (const year of [2001, 2002, 2003])
      writeFieldFile(folder, `pacific_${year}.nc`, {
        ...sample,
        times: 12,
        timeValues: Array.from({ length: 12 }, (_, month) => day(year, month)),
        value: (time, row, column) => sample.value((year - 2001) * 12 + time, row, column),
      });
    await drop(folder);
    await app.page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    await shown('frame 1 of 36');
    await app.page.getByTestId('now').getByText('Jan 2001').waitFor(patience);
  });

  it('of a Zarr store is the store', async () => {
    const folder = join(app.folder, 'pacific.zarr');
    await exportZarr(writeSample(await mkdtemp(join(app.folder, 'zarr-'))), folder);
    await drop(folder);
    await shown('frame 1 of 60');
    await app.page.getByRole('tab', { name: 'File' }).click();
    await app.page.getByRole('complementary').getByText('zarr', { exact: false }).first().waitFor(patience);
    await app.page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
  });

  it('of an nn-benchmark folder is its meshes, which everybody can use', async () => {
    const folder = join(app.folder, 'springs');
    await exportNnBenchmark(springs, folder);
    await drop(folder);
    const { page } = app;
    await page.locator('[data-testid=mesh-view][data-ready=true]').waitFor(patience);
    expect(await problemsInBothThemes(page)).toEqual([]);
  });

  it('of what is none of these is told in a sentence', async () => {
    const folder = join(app.folder, 'empty');
    await mkdir(folder);
    await drop(folder);
    await app.page.getByRole('alert').getByText('empty').first().waitFor(patience);
  });

  it('never complained in the console', () => {
    expect(app.complaints).toEqual([]);
  });
});
