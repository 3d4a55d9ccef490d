/**
 * The files of a drop: those that were dropped, and in a browser those in folders that were. A folder that is a data
 * set as a whole, a Zarr store or one of nn-benchmark, comes as one archive.
 */
import { Zip, ZipPassThrough } from 'fflate';
import { DriftcastError } from '#shared/errors.ts';

function readAll(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  return new Promise((resolve, reject) => {
    // A reader answers a hundred at a time, and nothing once it is through.
    const next = () =>
      reader.readEntries((entries) => {
        if (entries.length === 0) {
          resolve(found);
          return;
        }
        found.push(...entries);
        next();
      }, reject);
    next();
  });
}

const fileOf = (entry: FileSystemEntry) =>
  new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));

/** Names that a folder has in it which is opened as a whole. */
const wholes = [
  ['zarr.json'],
  ['.zgroup'],
  ['.zarray'],
  ['.zmetadata'],
  ['system_meta.json', 'trajectories.npz'],
];

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) return [await fileOf(entry)];
  const files: File[] = [];
  const inside = await readAll(entry as FileSystemDirectoryEntry);
  const names = inside.map(({ name }) => name);
  if (wholes.some((marks) => marks.every((mark) => names.includes(mark))))
    return [await archiveOf(entry, inside)];
  for (const inner of inside) {
    if (inner.isDirectory || /\.(nc|nc3|nc4|cdf|netcdf|h5|hdf5|he5)$/i.test(inner.name)) {
      files.push(...(await filesOf(inner)));
    }
  }
  return files;
}

/** All files below a folder, by their paths from there. */
async function filesBelow(inside: readonly FileSystemEntry[], path: string): Promise<[string, File][]> {
  const files: [string, File][] = [];
  for (const entry of inside) {
    const name = `${path}${entry.name}`;
    if (entry.isFile) files.push([name, await fileOf(entry)]);
    else files.push(...(await filesBelow(await readAll(entry as FileSystemDirectoryEntry), `${name}/`)));
  }
  return files;
}

/** What an archive without the 64-bit extension can count; beyond it entries would be lost without a word. */
const mostEntries = 2 ** 16 - 1;
const mostBytes = 2 ** 32 - 1;
/** Of an entry beside its content and its name, which stands twice: headers of both ends. */
const entryBytes = 128;

/** Everything in a folder as a zip archive, stored as it is: what is in it is compressed already. */
async function archiveOf(folder: FileSystemEntry, inside: readonly FileSystemEntry[]): Promise<File> {
  const files = await filesBelow(inside, `${folder.name}/`);
  const bytes = files.reduce((sum, [name, { size }]) => sum + size + 6 * name.length + entryBytes, 0);
  if (files.length > mostEntries || bytes > mostBytes)
    throw new DriftcastError(
      'unsupported',
      `“${folder.name}” has ${files.length} files with ${Math.ceil(bytes / 1024 ** 2)} MiB, more than a browser can hand over as one archive.`,
      'Name its path when Driftcast is started (npx driftcast serve PATH), or use the desktop app: both read it where it lies.',
    );
  const parts: BlobPart[] = [];
  const archive = new Zip((error, part) => {
    if (error) throw error;
    // Blobs may lie on the disk; bytes would all be in memory until the last of them has been read.
    parts.push(new Blob([part as Uint8Array<ArrayBuffer>]));
  });
  for (const [name, file] of files) {
    const stored = new ZipPassThrough(name);
    archive.add(stored);
    const reader = file.stream().getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) stored.push(next.value);
    stored.push(new Uint8Array(), true);
  }
  archive.end();
  return new File(parts, `${folder.name}.zip`);
}

/**
 * `asFolders`: the shell resolves a folder by itself, so it stays one entry.
 * @throws DriftcastError `bad-input` where folders hold nothing to open, and what the browser throws when it cannot read
 */
export async function droppedFiles(transfer: DataTransfer, asFolders: boolean): Promise<File[]> {
  const files = [...transfer.files];
  // Entries can be had during the drop alone.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (asFolders || !entries.some((entry) => entry.isDirectory)) return files;
  const found = (await Promise.all(entries.map(filesOf))).flat();
  if (found.length > 0) return found;
  throw new DriftcastError(
    'bad-input',
    `${entries.map(({ name }) => `“${name}”`).join(', ')} holds no data that Driftcast reads.`,
    'Drop a NetCDF file, a folder of them, a Zarr store or an nn-benchmark folder.',
  );
}
