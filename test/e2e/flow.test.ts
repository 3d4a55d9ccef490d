/** The vorticity of a flow on the screen: zero in the middle of its colours, each sense of rotation on its side. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { evenGrid, vorticity } from '#shared/vorticity.ts';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { startApp, type TestApp } from './app.ts';
import { installInstruments, readInstruments } from './instruments.ts';

const patience = { timeout: 120_000 };
const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'navier-stokes.nc');
const size = { height: 42, width: 221 };
const frame = 64;
let app: TestApp;

beforeAll(async () => {
  app = await startApp({ beforeOpening: installInstruments });
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

/** 1/s: two vortices that turn as solid bodies inside, counter-clockwise on the left and clockwise on the right. */
const rotation = 1.5;
const grid = { height: 40, width: 80 };
const middles = [20.5, 59.5] as const;

/** Metres are cells; outside of its core a vortex turns without vorticity. */
async function writeVortices(path: string, rows: readonly number[]): Promise<void> {
  const writer = await Netcdf4Writer.create(path);
  writer.dimension('time', Float64Array.of(0, 1), { units: 's' });
  writer.dimension('y', Float64Array.from(rows), { units: 'm', axis: 'Y' });
  writer.dimension(
    'x',
    Float64Array.from({ length: grid.width }, (_, x) => x),
    { units: 'm', axis: 'X' },
  );
  const velocity = (x: number, y: number): [number, number] => {
    const sum: [number, number] = [0, 0];
    for (const [which, middle] of middles.entries()) {
      const [across, up] = [x - middle, y - 19.5];
      const radius = Math.max(Math.hypot(across, up), 8);
      const turn = (which === 0 ? 1 : -1) * rotation * (8 / radius) ** 2;
      sum[0] -= up * turn;
      sum[1] += across * turn;
    }
    return sum;
  };
  for (const [component, name] of ['u', 'v'].entries()) {
    const values = Float32Array.from({ length: 2 * grid.height * grid.width }, (_, at) => {
      const cell = at % (grid.height * grid.width);
      return velocity(cell % grid.width, rows[Math.floor(cell / grid.width)]!)[component]!;
    });
    writer.variable(name, values, { dims: ['time', 'y', 'x'], attributes: { units: 'm s-1' } });
  }
  await writer.close();
}

describe.each([
  ['upwards', (row: number) => row],
  ['downwards', (row: number) => grid.height - 1 - row],
])('two known vortices, rows that run %s', (order, yOf) => {
  it('have twice their rotation as vorticity, positive counter-clockwise, and none around them', async () => {
    const { page } = app;
    const file = join(app.folder, `vortices-${order}.nc`);
    await writeVortices(
      file,
      Array.from({ length: grid.height }, (_, row) => yOf(row)),
    );
    await page.getByRole('button', { name: 'Open another…' }).click();
    await page.getByLabel('NetCDF file').setInputFiles(file);
    await page.getByText('of 2', { exact: false }).first().waitFor(patience);
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    await page.getByLabel('Quantity shown').selectOption('vorticity');
    await page.getByText('Vorticity, 1/s').waitFor(patience);
    await page.mouse.move(0, 0);
    const limit = async (id: string) =>
      Number(((await page.getByTestId(id).textContent()) ?? '').replace('−', '-'));
    await expect.poll(() => limit('scale-max'), patience).toBeGreaterThanOrEqual(2 * rotation);
    const [min, max] = [await limit('scale-min'), await limit('scale-max')];
    expect(min).toBe(-max);
    const area = (await page.getByTestId('map').boundingBox())!;
    for (const [column, wanted] of [
      [21, 2 * rotation],
      [59, -2 * rotation],
      [40, 0],
      [2, 0],
    ] as const) {
      const x = area.x + ((column + 0.5) / grid.width) * area.width;
      const y = area.y + area.height * (1 - (19 + 0.5) / grid.height);
      const colour = colourOf(colourTable('balance'), wanted, min, max);
      await expect
        .poll(
          async () => {
            const seen = await app.pixel(x, y);
            return Math.max(...seen.map((value, at) => Math.abs(value - colour[at]!)));
          },
          { ...patience, message: `column ${column}` },
        )
        .toBeLessThanOrEqual(3);
    }
  });

  it('carry particles, which leave nothing behind', async () => {
    const { page } = app;
    const objects = async () => (await readInstruments(page)).gpu;
    const before = await objects();
    await page.getByRole('button', { name: 'Particles' }).click();
    await expect.poll(() => page.url()).toContain('particles=on');
    await expect.poll(async () => (await objects()).buffers).toBeGreaterThan(before.buffers);
    await page.getByRole('button', { name: 'Particles' }).click();
    await expect.poll(async () => (await objects()).buffers, patience).toBe(before.buffers);
    expect(app.complaints).toEqual([]);
  });
});
