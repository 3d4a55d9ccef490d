/** The vorticity of a flow on the screen: zero in the middle of its colours, each sense of rotation on its side. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { evenGrid, vorticity } from '#shared/vorticity.ts';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { startApp, type TestApp } from './app.ts';

const patience = { timeout: 120_000 };
const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'navier-stokes.nc');
const size = { height: 42, width: 221 };
const frame = 64;
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  await app.page.getByLabel('NetCDF file').setInputFiles(sample);
  await app.page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
});
afterAll(() => app?.close());

async function flowAt(time: number) {
  const file = await openDataFile(sample);
  try {
    const read = async (name: string) =>
      (await readField(file, name, { time: name === 'obstacle_mask' ? 0 : time, slices: { trajectory: 0 } }))
        .data;
    const [u, v, solid] = [await read('vx'), await read('vy'), await read('obstacle_mask')];
    return { spin: vorticity(u, v, evenGrid(size, { x: 2.2 / 220, y: 0.41 / 41 }), solid), solid };
  } finally {
    await file.close();
  }
}

describe('a flow around obstacles', () => {
  it('shows its vorticity in 1/s, zero-centred, with solid cells as solid', async () => {
    const { page } = app;
    await page.keyboard.press('End');
    await page.getByText(`frame ${frame + 1} of 65`).waitFor(patience);
    await page.getByLabel('Quantity shown').selectOption('vorticity');
    await page.getByRole('heading', { name: 'Vorticity' }).waitFor();
    await page.getByText('Vorticity, 1/s').waitFor();
    await expect.poll(() => page.url()).toContain('picture=vorticity');
    const [min, max] = await Promise.all(
      ['scale-min', 'scale-max'].map(async (id) =>
        Number(((await page.getByTestId(id).textContent()) ?? '').replace('−', '-')),
      ),
    );
    expect(min).toBe(-max!);
    const { spin, solid } = await flowAt(frame);
    const area = (await page.getByTestId('map').boundingBox())!;
    const seen = (cell: number) => {
      const [row, column] = [Math.floor(cell / size.width), cell % size.width];
      return app.pixel(
        area.x + ((column + 0.5) / size.width) * area.width,
        area.y + (1 - (row + 0.5) / size.height) * area.height,
      );
    };
    const table = colourTable('balance');
    const fluid = [...spin.keys()].filter((cell) => solid[cell]! < 0.5);
    const nearest = (wanted: number) =>
      fluid.reduce((best, cell) =>
        Math.abs(spin[cell]! - wanted) < Math.abs(spin[best]! - wanted) ? cell : best,
      );
    for (const wanted of [0, 0.4 * max!, -0.4 * max!]) {
      const cell = nearest(wanted);
      const colour = colourOf(table, spin[cell]!, min!, max!);
      await expect
        .poll(() => seen(cell), { ...patience, message: `vorticity ${spin[cell]}` })
        .toEqual(colour);
    }
    // Land is a grey with hatches: neither end of the scale, and the same on all obstacles.
    const [red, green, blue] = await seen(solid.findIndex((value) => value > 0.5));
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(40);
    expect(app.complaints).toEqual([]);
  });
});
