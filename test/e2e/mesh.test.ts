/** The mesh of springs on the screen: its nodes lie where the file says, its springs have the colour of their strain. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { buildMesh } from '#shared/domain/simulations/mesh.ts';
import { colourOf } from '../../renderer/scenes/colour-tables.ts';
import {
  distances,
  extremes,
  type Positions,
  projectNodes,
  raised,
  strainLimit,
  strains,
  strainTable,
  viewOf,
} from '../../renderer/scenes/mesh-view.ts';
import { heightFactor } from '../../renderer/state/mesh-extras.ts';
import { startApp, type TestApp } from './app.ts';

const patience = { timeout: 120_000 };
const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'spring-mesh.nc');
const mesh = buildMesh({ columns: 10, rows: 10, layers: 1 });
const flat = { orbit: { yaw: 0, pitch: 0 }, times: 0 };
/** As heights over the plane are looked at. */
const aslant = { yaw: 0.35, pitch: -1 };
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  await app.page.getByLabel('NetCDF file').setInputFiles(sample);
  await app.page.locator('[data-testid=mesh-view][data-ready=true]').waitFor(patience);
});
afterAll(() => app?.close());

async function positionsAt(time: number): Promise<Positions> {
  const file = await openDataFile(sample);
  try {
    const request = { time, slices: { trajectory: 0 } };
    const [x, y] = [await readField(file, 'qx', request), await readField(file, 'qy', request)];
    return [x.data, y.data, new Float32Array(mesh.nodes)];
  } finally {
    await file.close();
  }
}

/** Where every node lies on the page, and the pixels in a unit of the mesh. */
async function placesOf(positions: Positions, start: Positions, { orbit, times } = flat) {
  const area = (await app.page.getByTestId('mesh-view').boundingBox())!;
  const view = viewOf(mesh, start, orbit, times);
  const scale = Math.max(view.width / area.width, view.height / area.height);
  const { x, y } = projectNodes(raised(mesh, positions, times), orbit);
  return Array.from({ length: mesh.nodes }, (_, node) => ({
    x: area.x + area.width / 2 + (x[node]! - view.left - view.width / 2) / scale,
    y: area.y + area.height / 2 + (y[node]! - view.top - view.height / 2) / scale,
  }));
}

const cssColour = (name: string) =>
  app.page.evaluate((property) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${property})`;
    document.body.append(probe);
    const [red, green, blue] = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
    probe.remove();
    return [red, green, blue];
  }, name);

describe('a mesh of springs', () => {
  it.each([0, 200])('has its nodes where the file says, frame %i', async (time) => {
    const start = await positionsAt(0);
    const positions = await positionsAt(time);
    for (let at = 0; at < time; at += 10) await app.page.keyboard.press('Shift+ArrowRight');
    await app.page.getByText(`frame ${time + 1} of 805`).waitFor(patience);
    const places = await placesOf(positions, start);
    const [free, fixed] = [await cssColour('--accent'), await cssColour('--soft')];
    await expect.poll(() => app.pixel(places[0]!.x, places[0]!.y), patience).toEqual(free);
    for (const node of [9, 37, 55, 72]) {
      const place = places[node]!;
      expect(await app.pixel(place.x, place.y), `node ${node}`).toEqual(free);
    }
    for (const node of [90, 99]) {
      const place = places[node]!;
      expect(await app.pixel(place.x, place.y), `held node ${node}`).toEqual(fixed);
    }
    const strain = strains(mesh, positions);
    const limit = strainLimit(strains(mesh, start));
    // The springs between neighbours in a row; diagonals cross each other.
    const row = Array.from(mesh.restLengths.keys()).filter((edge) => {
      const [a, b] = [mesh.edges[2 * edge]!, mesh.edges[2 * edge + 1]!];
      return b === a + 1 && a >= 20 && a < 25;
    });
    for (const edge of row) {
      const [a, b] = [places[mesh.edges[2 * edge]!]!, places[mesh.edges[2 * edge + 1]!]!];
      const seen = await app.pixel((a.x + b.x) / 2, (a.y + b.y) / 2);
      const wanted = colourOf(strainTable, strain[edge]!, -limit, limit);
      // The line is two pixels wide: its edge mixes with what lies behind.
      for (const c of [0, 1, 2]) expect(Math.abs(seen[c]! - wanted[c]!), `spring ${edge}`).toBeLessThan(70);
    }
  });

  it('lies on the page, whose colour is seen beside it', async () => {
    const area = (await app.page.getByTestId('mesh-view').boundingBox())!;
    expect(await app.pixel(area.x + 5, area.y + 5)).toEqual(await cssColour('--panel'));
  });

  it('comes back when the graphics system took it away', async () => {
    const { page } = app;
    const [start, now] = [await positionsAt(0), await positionsAt(200)];
    const held = (await placesOf(now, start))[90]!;
    const losing = await page.evaluateHandle(() => {
      const contexts = [...document.querySelectorAll('canvas')].map((canvas) => canvas.getContext('webgl2'));
      return contexts.find((context) => context !== null)!.getExtension('WEBGL_lose_context')!;
    });
    const trouble = page.getByText('The graphics system took the maps away');
    await losing.evaluate((extension) => extension.loseContext());
    await trouble.waitFor(patience);
    await losing.evaluate((extension) => extension.restoreContext());
    await trouble.waitFor({ ...patience, state: 'detached' });
    await expect.poll(() => app.pixel(held.x, held.y), patience).toEqual(await cssColour('--soft'));
    const area = (await page.getByTestId('mesh-view').boundingBox())!;
    expect(await app.pixel(area.x + 5, area.y + 5)).toEqual(await cssColour('--panel'));
  });

  it('has its displacements as heights where that is wanted, and is turned then', async () => {
    const { page } = app;
    const [start, positions] = [await positionsAt(0), await positionsAt(200)];
    const times = heightFactor(extremes(distances(start, mesh.rest)).max, 10);
    await page.getByRole('button', { name: `Height × ${times}` }).click();
    await page.getByLabel(`drawn ${times} times as large as heights`).waitFor(patience);
    await expect.poll(() => page.url(), patience).toContain('mesh=height');
    const places = await placesOf(positions, start, { orbit: aslant, times });
    const free = await cssColour('--accent');
    // Corners and borders, which lie before nothing.
    for (const node of [0, 9]) {
      const place = places[node]!;
      await expect
        .poll(() => app.pixel(place.x, place.y), { ...patience, message: `node ${node}` })
        .toEqual(free);
    }
    await page.getByTestId('mesh-view').press('ArrowRight');
    const turned = await placesOf(positions, start, {
      orbit: { ...aslant, yaw: aslant.yaw + 0.12 },
      times,
    });
    await expect.poll(() => app.pixel(turned[0]!.x, turned[0]!.y), patience).toEqual(free);
    await page.getByRole('button', { name: `Height × ${times}` }).click();
    await expect.poll(() => page.url(), patience).not.toContain('mesh=');
    const again = await placesOf(positions, start);
    await expect.poll(() => app.pixel(again[37]!.x, again[37]!.y), patience).toEqual(free);
  });

  it('is probed at its nodes, and shows the ways that they came', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Probe' }).click();
    const places = await placesOf(await positionsAt(200), await positionsAt(0));
    await page.mouse.click(places[37]!.x + 3, places[37]!.y - 3);
    await page.getByText('At row 3, column 7 over time').waitFor(patience);
    await expect.poll(() => page.url(), patience).toContain('place=point-3-7');
    await page.getByRole('button', { name: 'Trails' }).click();
    await page.getByLabel(/the ways of the nodes through \d+ states before drawn as lines/).waitFor(patience);
    await expect.poll(() => page.url(), patience).toContain('mesh=trails');
    await page.getByRole('button', { name: 'Trails' }).click();
    expect(await page.getByTestId('mesh-view').getAttribute('aria-label')).not.toContain('ways');
  });

  it('gives way to the variable on the grid, and the address remembers', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Mesh', exact: true }).click();
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    await expect.poll(() => page.url()).toContain('picture=grid');
    await page.getByRole('button', { name: 'Mesh', exact: true }).click();
    await page.locator('[data-testid=mesh-view][data-ready=true]').waitFor(patience);
    expect(app.complaints).toEqual([]);
  });
});
