/** An nn-benchmark folder as an archive: what a browser makes of one that is dropped on it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { exportNnBenchmark } from '#main/data/nnBenchmark/export.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'spring-mesh.nc');
const unpacked = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('driftcast-unpacked-'));

async function opened(path: string) {
  const file = await openDataFile(path);
  try {
    const { data } = await readField(file, 'px', { time: 3, slices: { trajectory: 0 } });
    return { name: file.name, format: file.format, data };
  } finally {
    await file.close();
  }
}

it('reads as the folder does, wherever in the archive it lies, and leaves nothing unpacked', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'springs');
  await exportNnBenchmark(sample, out);
  const files = await Promise.all(
    (await readdir(out)).map(
      async (name) => [name, new Uint8Array(await readFile(join(out, name)))] as const,
    ),
  );
  const { data } = await opened(out);
  const before = await unpacked();
  for (const inside of ['', 'springs/', 'a/b/springs/']) {
    const archive = join(folder, 'archive.zip');
    const entries = files.map(([name, bytes]) => [inside + name, bytes]);
    await writeFile(archive, zipSync(Object.fromEntries(entries), { level: 0 }));
    const name = inside === '' ? 'archive' : 'springs';
    expect(await opened(archive)).toEqual({ name, format: 'nn-benchmark', data });
  }
  expect(await unpacked()).toEqual(before);
});

it('is not unpacked where it would fill the disk', async () => {
  const folder = await temporaryFolder();
  const archive = join(folder, 'bomb.zip');
  const zeros = new Uint8Array(80 * 1024 ** 2);
  const meta = new TextEncoder().encode('{}');
  await writeFile(archive, zipSync({ 'system_meta.json': meta, 'trajectories.npz': zeros }, { level: 1 }));
  const before = await unpacked();
  await expect(openDataFile(archive)).rejects.toThrow(
    /would become 80 MiB, which is too much to unpack unasked/,
  );
  expect(await unpacked()).toEqual(before);
});
