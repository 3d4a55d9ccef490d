/** The statistics of a model's own training data, taken along to other data: the same numbers, or a clear refusal. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  loadNormalisation,
  normalisationOf,
  normalisedBy,
  saveNormalisation,
} from '#main/data/modelNormalisation.ts';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { type Normalisation, prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { temporaryFolder, writeFieldFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let made = 0;

interface World {
  warmer: number;
  width?: number;
  land?: boolean;
  normalisation?: Normalisation;
}

/** A year and more of a season with weather on it, somewhere warmer than elsewhere. */
async function world({ warmer, width = 4, land = false, normalisation = 'seasonal-anomaly' }: World) {
  const target = join(folder, `world-${made++}`);
  mkdirSync(target);
  const path = writeFieldFile(folder, `world-${made}.nc`, {
    times: 900,
    height: 3,
    width,
    value: (t, y, x) =>
      land && y === 0 && x === 0
        ? Number.NaN
        : 10 + warmer + y + (3 + warmer) * Math.sin((2 * Math.PI * t) / 365) + Math.sin(t * 1.7 + x),
  });
  const settings = prepareSettingsSchema.parse({ variables: ['sst'], horizon: 3, normalisation });
  const prepared = await prepareDataset({ files: [path], settings, folder: target });
  const dataset = { formatVersion: 1 as const, id: 'w', name: `World ${made}`, created: '', settings };
  return { folder: target, opened: await openPrepared(target, { ...dataset, ...prepared }) };
}

describe('statistics that travel with a model', () => {
  it.each(['seasonal-anomaly', 'per-cell', 'per-channel', 'none'] as const)(
    'come back from disk as they were and normalise other data by them: %s',
    async (normalisation) => {
      const trained = await world({ warmer: 0, normalisation });
      const other = await world({ warmer: 2, normalisation });
      const run = join(folder, `run-${made++}`);
      mkdirSync(run);
      expect(await loadNormalisation(run)).toBeNull();
      await saveNormalisation(run, await normalisationOf(trained.folder));
      const seen = normalisedBy(other.opened, (await loadNormalisation(run))!);
      for (const time of [0, 200, 899]) {
        const frame = await other.opened.frame(time);
        const [own, expected] = [Float32Array.from(frame), Float32Array.from(frame)];
        seen.normaliser.normalise(own, time);
        trained.opened.normaliser.normalise(expected, time);
        expect([...own]).toEqual([...expected]);
        seen.normaliser.restore(own, time);
        own.forEach((value, i) => {
          expect(value).toBeCloseTo(frame[i]!, 4);
        });
      }
    },
  );

  it('leave out the land of the other data, and refuse cells that the model has never seen', async () => {
    const sea = await world({ warmer: 0 });
    const coast = await world({ warmer: 1, land: true });
    const seen = normalisedBy(coast.opened, await normalisationOf(sea.folder));
    const frame = await coast.opened.frame(3);
    seen.normaliser.normalise(frame, 3);
    expect(frame[0]).toBe(0);
    expect(frame.every(Number.isFinite)).toBe(true);
    const own = await normalisationOf(coast.folder);
    expect(() => normalisedBy(sea.opened, own)).toThrow(/has values in 1 cell without any/);
  });

  it('refuse another grid, and know when they are damaged', async () => {
    const small = await world({ warmer: 0 });
    const wide = await world({ warmer: 0, width: 5 });
    const own = await normalisationOf(small.folder);
    expect(() => normalisedBy(wide.opened, own)).toThrow(
      /trained on 3 × 4 cells with 1 channel; World \d+ has 3 × 5/,
    );
    const run = join(folder, `run-${made++}`);
    mkdirSync(run);
    await saveNormalisation(run, own);
    const path = join(run, 'normalisation.f32');
    const bytes = readFileSync(path);
    bytes[5]! ^= 1;
    writeFileSync(path, bytes);
    await expect(loadNormalisation(run)).rejects.toMatchObject({ code: 'damaged-file' });
  });
});
