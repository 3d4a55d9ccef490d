/**
 * A binary file and the JSON file beside it that describes it (weights and their checkpoint data). They are
 * two files because other programs read the binary one as it is, yet a crash must never part them: whenever
 * it happens, the reader finds a pair that belongs together.
 */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { syncFolder } from './atomic.ts';
import { checkedText, type JsonFormat, parseChecked, sha256 } from './checked-json.ts';
import { diskError, isMissing } from './disk-errors.ts';

/** What the JSON file says about its binary. */
export const binarySumSchema = z.object({ fileBytes: z.number().int(), fileSha256: z.string() });

/** The JSON file beside a binary: `last.safetensors` → `last.json`. */
export function sidecarPath(path: string): string {
  return `${path.replace(/\.[^./\\]+$/, '')}.json`;
}

const pending = (path: string): string => `${path}.next`;

async function writeSynced(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Writes the binary and, beside it, `description` with size and SHA-256 of the binary.
 *
 * Both are complete on disk as `*.next` before either takes its place, binary first. A crash between the two
 * renames leaves the new binary with the new description still named `*.next`, which the reader accepts.
 * @throws DriftcastError `disk`; the pair of before is then still readable.
 */
export async function writeBinaryChecked<Description extends object>(
  path: string,
  bytes: Uint8Array,
  format: JsonFormat<Description>,
  description: Description,
): Promise<void> {
  const sidecar = sidecarPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    await finishInterrupted(path, format);
    await writeSynced(pending(path), bytes);
    const sums = { fileBytes: bytes.byteLength, fileSha256: sha256(bytes) };
    await writeSynced(pending(sidecar), checkedText(format.version, { ...description, ...sums }));
    await rename(pending(path), path);
    await rename(pending(sidecar), sidecar);
    await syncFolder(dirname(path));
  } catch (thrown) {
    throw diskError(thrown, 'write', path);
  }
}

/** Completes what an interrupted write left, so that the next one does not overwrite the only description. */
async function finishInterrupted(path: string, format: JsonFormat<unknown>): Promise<void> {
  const sidecar = sidecarPath(path);
  const left = await readOrNull(pending(sidecar));
  if (left === null) return;
  const bytes = await readOrNull(path);
  if (bytes !== null && matches(left.toString('utf8'), format, pending(sidecar), bytes))
    await rename(pending(sidecar), sidecar);
  else await rm(pending(sidecar), { force: true });
}

async function readOrNull(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw diskError(thrown, 'read', path);
  }
}

function matches(text: string, format: JsonFormat<unknown>, path: string, bytes: Uint8Array): boolean {
  try {
    const sums = parseChecked(text, { ...format, schema: binarySumSchema }, path);
    return sums.fileBytes === bytes.byteLength && sums.fileSha256 === sha256(bytes);
  } catch {
    return false;
  }
}

/**
 * Reads the pair that {@link writeBinaryChecked} wrote; null when there is none.
 * @throws DriftcastError `damaged-file` when binary and description do not belong together.
 */
export async function readBinaryChecked<Description>(
  path: string,
  format: JsonFormat<Description>,
): Promise<{ bytes: Uint8Array; description: Description } | null> {
  const sidecar = sidecarPath(path);
  // A writer in another process may be between its two renames: look again before calling it damage.
  for (let attempt = 0; attempt < 3; attempt++) {
    const bytes = await readOrNull(path);
    const texts = [await readOrNull(sidecar), await readOrNull(pending(sidecar))];
    if (bytes === null && texts[0] === null) return null;
    if (bytes === null) continue;
    for (const text of texts) {
      if (text === null) continue;
      const source = text.toString('utf8');
      if (matches(source, format, sidecar, bytes))
        return { bytes, description: parseChecked(source, format, sidecar) };
    }
  }
  throw new DriftcastError(
    'damaged-file',
    `The ${format.what} file ${path} is damaged: its content does not match the checksum in ${sidecar}.`,
    'Restore both files from a backup, or delete them to do without.',
  );
}
