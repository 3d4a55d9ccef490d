/** Opens what a zip archive turns out to hold: a Zarr store, an nn-benchmark folder or NumPy arrays. */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { arraysFile, metaFile } from '../nnBenchmark/meta.ts';
import { zarrPrefix, zipStore } from '../zarr/store.ts';
import type { DataFile } from './dataFile.ts';
import { openNnBenchmark } from './nnBenchmark.ts';
import { openZarrStore } from './zarr.ts';
import { ZipArchive } from './zipArchive.ts';

/** Opens a file whose first bytes say that it is a zip archive. Throws `damaged-file` and `unsupported`. */
export async function openZip(path: string): Promise<DataFile> {
  const name = basename(path);
  const zip = await ZipArchive.open(path);
  try {
    const prefix = zarrPrefix(zip);
    if (prefix !== null)
      return await openZarrStore(path, name, zipStore(zip, prefix, (await stat(path)).size));
    const benchmark = benchmarkIn(zip);
    if (benchmark !== null) return await openUnpacked(zip, benchmark, name.replace(/\.zip$/i, ''));
    if (zip.names().some((entry) => entry.endsWith('.npy')))
      throw new DriftcastError(
        'unsupported',
        `${name} holds NumPy arrays, which do not say what their dimensions, times and units are.`,
        'Save the arrays as NetCDF (xarray: Dataset.to_netcdf). An nn-benchmark folder has system_meta.json beside trajectories.npz: open that folder.',
      );
    throw new DriftcastError(
      'unsupported',
      `${name} is a zip archive without a Zarr store in it.`,
      'Unpack it and open the data files that it holds.',
    );
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** Where in the archive both files of an nn-benchmark folder lie: '' or a path that ends in a slash; else null. */
function benchmarkIn(zip: ZipArchive): string | null {
  const meta = zip.names().find((name) => basename(name) === metaFile);
  if (meta === undefined) return null;
  const folder = meta.slice(0, -metaFile.length);
  return zip.size(`${folder}${arraysFile}`) === null ? null : folder;
}

/**
 * More than such a folder was ever seen to hold, and how many times its packed size an entry may become: an archive that
 * unpacks to far more is no data but fills the disk.
 */
const mostUnpacked = 8 * 1024 ** 3;
const mostRatio = 50;
const mostUnchecked = 64 * 1024 ** 2;

/**
 * Opens an nn-benchmark folder out of an archive: its arrays are an archive themselves, which is read at many places,
 * so that both files are unpacked into a temporary folder, for as long as they are open.
 */
async function openUnpacked(zip: ZipArchive, inside: string, archive: string): Promise<DataFile> {
  const temporary = await mkdtemp(join(tmpdir(), 'driftcast-unpacked-'));
  const remove = () => rm(temporary, { recursive: true, force: true });
  try {
    const folder = join(
      temporary,
      basename(dirname(`${inside}x`)).replace(/^\.*$/, '') || archive || 'archive',
    );
    await mkdir(folder);
    for (const file of [metaFile, arraysFile]) {
      const size = zip.size(`${inside}${file}`)!;
      const packed = zip.packedSize(`${inside}${file}`)!;
      if (size > mostUnpacked || size > mostUnchecked + mostRatio * packed)
        throw new DriftcastError(
          'unsupported',
          `${file} in ${archive}.zip would become ${Math.ceil(size / 1024 ** 2)} MiB, which is too much to unpack unasked.`,
          'Unpack the archive and open the folder.',
        );
      await zip.unpack(`${inside}${file}`, join(folder, file));
    }
    const opened = await openNnBenchmark(folder);
    zip.close();
    const close = opened.close.bind(opened);
    opened.close = async () => {
      await close();
      await remove();
    };
    return opened;
  } catch (error) {
    await remove();
    throw error;
  }
}
