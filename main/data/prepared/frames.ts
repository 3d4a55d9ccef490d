/** The frames of a prepared series, from memory or from the disk. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { type Description, fileNames, openFloats, readFloats } from './store.ts';

/** Frames by time index, synchronously: climatology asks for many at once. */
export interface Frames {
  copy(timeIndex: number, target: Float32Array, at?: number): void;
  close(): void;
}

/** Series up to `budget` bytes are kept in memory; larger ones are read frame by frame. Throws `damaged-file` and `disk`. */
export async function openFrames(folder: string, description: Description, budget: number): Promise<Frames> {
  const { height, width, channels, files } = description;
  const size = height * width * channels;
  const path = join(folder, fileNames.series);
  if (files.series.bytes <= budget) {
    const all = await readFloats(path, files.series);
    return {
      copy: (time, target, at = 0) => target.set(all.subarray(time * size, (time + 1) * size), at),
      close: () => {},
    };
  }
  await (await openFloats(path, files.series)).close();
  const file = openSync(path, 'r');
  return {
    copy(time, target, at = 0) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset + at * 4, size * 4);
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(file, bytes, done, bytes.length - done, time * size * 4 + done);
        if (read === 0) {
          throw new DriftcastError(
            'damaged-file',
            `The prepared data in ${path} were cut short while they were being read.`,
            'Prepare the dataset again from its source files.',
          );
        }
        done += read;
      }
    },
    close: () => closeSync(file),
  };
}
