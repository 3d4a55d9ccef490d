/** The demonstration: its ocean is what it says, its file is readable, and the verb leaves everything behind. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeOcean } from '#main/cli/demo/file.ts';
import { syntheticOcean } from '#main/cli/demo/ocean.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { terminal } from './terminal.ts';

const small = { height: 12, width: 16, days: 400, seed: 3 };

describe('the synthetic ocean', () => {
  const ocean = syntheticOcean(small);
  const cells = small.height * small.width;
  const at = (day: number, cell: number) => ocean.temperature[day * cells + cell] ?? Number.NaN;

  it('is the same for the same seed, another for another', () => {
    expect(syntheticOcean(small).temperature).toEqual(ocean.temperature);
    expect(syntheticOcean({ ...small, seed: 4 }).temperature).not.toEqual(ocean.temperature);
  });

  it('has land that is always missing and plausible temperatures elsewhere', () => {
    let land = 0;
    for (let cell = 0; cell < cells; cell++) {
      const missing = Array.from({ length: small.days }, (_, day) => Number.isNaN(at(day, cell)));
      expect(new Set(missing).size).toBe(1);
      if (missing[0]) land++;
      else expect(Math.abs(at(10, cell) - 20)).toBeLessThan(20);
    }
    expect(land).toBeGreaterThan(0);
    expect(land).toBeLessThan(cells / 3);
  });

  it('remembers yesterday better than last month', () => {
    // Anomaly from the cell's own mean over a month, so that the season does not count as memory.
    const cell = 5 * small.width + 7;
    const change = (lag: number) => {
      let sum = 0;
      for (let day = lag; day < 200; day++) sum += (at(day, cell) - at(day - lag, cell)) ** 2;
      return sum / (200 - lag);
    };
    expect(change(1)).toBeLessThan(0.5 * change(20));
  });

  it('is written as a CF file that says that it is synthetic', async () => {
    const path = join(await temporaryFolder(), 'ocean.nc');
    await writeOcean(path, ocean);
    const summary = await inspectFile(path, { statistics: true });
    expect(summary.title).toMatch(/Synthetic/);
    const sst = summary.variables.find((variable) => variable.name === 'sst');
    expect(sst).toMatchObject({
      shape: [400, 12, 16],
      dims: ['time', 'lat', 'lon'],
      units: 'degC',
      calendar: 'standard',
      forecastable: true,
    });
    expect(sst?.times).toMatchObject({ count: 400, step: '1 day', regular: true });
    expect(sst?.alwaysMissingCells).toBeGreaterThan(0);
  });

  it('that cannot be written says so', async () => {
    const path = join(await temporaryFolder(), 'missing', 'ocean.nc');
    await expect(writeOcean(path, ocean)).rejects.toMatchObject({ code: 'disk' });
  });
});

describe('the verb', () => {
  it('goes all the way and answers one document', async () => {
    const folder = await temporaryFolder();
    const t = terminal();
    t.environment.folder = folder;
    expect(await t.run('demo', '--out', 'here', '--json')).toBe(0);
    const [answer] = t.documents() as { files: Record<string, string>; overall: unknown }[];
    expect(t.documents()).toHaveLength(1);
    expect(answer?.files.data).toBe(join(folder, 'here', 'synthetic-ocean.nc'));
    expect((await readFile(answer?.files.scores ?? '')).toString()).toContain('method,lead,members');
    expect(t.workspaces).toEqual([join(folder, 'here', 'workspace')]);
    const asked = t.service.calls.map((call) => call.name);
    for (const name of [
      'datasets.prepare',
      'runs.start',
      'forecasts.start',
      'forecasts.export',
      'verification.run',
    ])
      expect(asked).toContain(name);
    expect(t.err()).toContain('5/5');
  });
});
