/** Opens what a zip archive turns out to hold: a Zarr store or NumPy arrays. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { zarrPrefix, zipStore } from '../zarr/store.ts';
import type { DataFile } from './dataFile.ts';
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
