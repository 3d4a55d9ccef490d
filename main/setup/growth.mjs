/**
 * Watches a folder into which another program downloads. pip and Electron's installer tell their progress
 * in ways that change with their version, or not at all; the bytes on the disk are always there.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The bytes of all files below some folders; what vanishes meanwhile counts as nothing.
 *
 * @param {string[]} folders
 * @returns {number}
 */
export function bytesBelow(folders) {
  let bytes = 0;
  for (const folder of folders) {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) bytes += bytesBelow([path]);
        else if (entry.isFile()) bytes += statSync(path).size;
      }
    } catch {
      // not there yet, or not any more
    }
  }
  return bytes;
}

/**
 * Calls back with the bytes below the folders, about twice a second, until the returned function is called.
 *
 * @param {string[]} folders
 * @param {(bytes: number) => void} onBytes
 * @returns {() => void}
 */
export function watchGrowth(folders, onBytes) {
  const timer = setInterval(() => onBytes(bytesBelow(folders)), 400);
  return () => clearInterval(timer);
}
