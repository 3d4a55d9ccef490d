/** Finds the data files that a selection means: files as they are given, and what lies in folders. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';

/** How deep folders are searched: archives keep files by year and month. */
const deepest = 4;
/** A folder of more files than this is not meant. */
const mostFiles = 200_000;

const dataEndings = new Set(['.nc', '.nc3', '.nc4', '.cdf', '.netcdf', '.h5', '.hdf5', '.he5', '.zarr']);
/** What lies in folders that are one data set by themselves. */
const storeMarks = new Set(['zarr.json', '.zgroup', '.zarray', '.zmetadata', 'system_meta.json']);

const collator = new Intl.Collator('en', { numeric: true });

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

/** Whether a path is a folder of data files, and not itself one data set that happens to be a folder. */
export async function isFolderOfFiles(path: string): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  return !(await readdir(path)).some((name) => storeMarks.has(name));
}

async function filesIn(folder: string, depth: number, found: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => collator.compare(a.name, b.name))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    const isData = dataEndings.has(extname(entry.name).toLowerCase());
    if (isData && (await isFolderOfFiles(path)) === false) found.push(path);
    else if (depth < deepest && (await isFolder(path))) {
      if (await isFolderOfFiles(path)) await filesIn(path, depth + 1, found);
      else found.push(path);
    }
    if (found.length > mostFiles) {
      throw new DriftcastError(
        'bad-input',
        `${basename(folder)} holds more than ${mostFiles} data files.`,
        'Open a folder with fewer files.',
      );
    }
  }
}

export interface Listed {
  readonly paths: string[];
  /** Whether folders were searched, so that a file that does not fit was not chosen by anyone. */
  readonly searched: boolean;
}

/** All data files of a selection, each once. Throws `not-found` for folders without any. */
export async function listMembers(given: readonly string[]): Promise<Listed> {
  const paths: string[] = [];
  let searched = false;
  for (const path of given) {
    if (!(await isFolderOfFiles(path))) {
      paths.push(path);
      continue;
    }
    searched = true;
    const before = paths.length;
    await filesIn(path, 0, paths);
    if (paths.length > before) continue;
    throw new DriftcastError(
      'not-found',
      `${basename(path)} is a folder without data files.`,
      'Choose a folder with NetCDF files (.nc), or a Zarr store.',
    );
  }
  return { paths: [...new Set(paths)], searched };
}

/** "sst.day.mean.*.nc" for files whose names differ in one stretch; else the first name and how many follow. */
export function commonName(paths: readonly string[]): string {
  const names = paths.map((path) => basename(path));
  const [first = ''] = names;
  let [head, tail] = [first.length, first.length];
  for (const name of names) {
    let same = 0;
    while (same < head && name[same] === first[same]) same++;
    head = same;
    let end = 0;
    while (end < tail && name[name.length - 1 - end] === first[first.length - 1 - end]) end++;
    tail = end;
  }
  if (names.length < 2 || head === first.length) return first;
  const kept = Math.min(tail, Math.min(...names.map((name) => name.length)) - head);
  const ending = kept > 0 ? first.slice(first.length - kept) : '';
  if (head + ending.length < 4) return `${first} and ${names.length - 1} more`;
  return `${first.slice(0, head)}*${ending}`;
}
