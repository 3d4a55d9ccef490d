/**
 * Append-only files of one JSON value a line. A crash may tear the last line only, so readers leave a torn
 * line out and writers cut it off before they go on.
 */
import { open, readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { writeFileAtomic } from './atomic.ts';
import { diskError, isMissing } from './disk-errors.ts';

/** Appends one value and makes it durable. @throws DriftcastError `disk`. */
export async function appendLine(path: string, value: unknown): Promise<void> {
  try {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      if (size > 0) {
        const last = Buffer.alloc(1);
        await file.read(last, 0, 1, size - 1);
        if (last[0] !== 0x0a) await file.truncate(await endOfLastLine(file, size));
      }
      await file.appendFile(`${JSON.stringify(value)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw diskError(thrown, 'write', path);
  }
}

async function endOfLastLine(file: Awaited<ReturnType<typeof open>>, size: number): Promise<number> {
  const content = Buffer.alloc(size);
  await file.read(content, 0, size, 0);
  return content.lastIndexOf(0x0a) + 1;
}

/**
 * All whole lines; empty when there is no file.
 * @throws DriftcastError `damaged-file` when a line before the last one is not what it should be.
 */
export async function readLines<Value>(path: string, schema: z.ZodType<Value>): Promise<Value[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw diskError(thrown, 'read', path);
  }
  const lines = text.split('\n');
  // What follows the last line feed is empty, or torn.
  lines.pop();
  return lines.map((line, index) => {
    const value = parseLine(line, schema);
    if (value === null)
      throw new DriftcastError(
        'damaged-file',
        `Line ${index + 1} of ${path} is damaged.`,
        'Restore the file from a backup, or delete the line with a text editor.',
      );
    return value.data;
  });
}

function parseLine<Value>(line: string, schema: z.ZodType<Value>): { data: Value } | null {
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    return parsed.success ? { data: parsed.data } : null;
  } catch {
    return null;
  }
}

/** Replaces the whole file, e.g. to drop the epochs after the checkpoint that training goes on from. */
export async function replaceLines(path: string, values: readonly unknown[]): Promise<void> {
  await writeFileAtomic(path, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}
