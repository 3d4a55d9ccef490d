/**
 * JSON files that know when they are damaged: each carries the SHA-256 of its own content and the version of
 * its format, so that a flipped byte or a half-written file is told apart from an older Driftcast's file.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { writeFileAtomic } from './atomic.ts';
import { diskError, isMissing } from './disk-errors.ts';

type JsonObject = Record<string, unknown>;

/** How to read one kind of file. `Value` is what callers get, of the current version. */
export interface JsonFormat<Value> {
  /** For messages: "run", "dataset", "settings". */
  what: string;
  version: number;
  schema: z.ZodType<Value>;
  /** By old version: turns content of that version into content of the next one. */
  migrations?: Readonly<Record<number, (old: JsonObject) => JsonObject>>;
}

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

// The sum is over the compact text, so that it survives a change of indentation by another program.
function sumOf(content: JsonObject): string {
  return sha256(JSON.stringify(content));
}

/** The text of a checked file: `formatVersion` first, the content, `sha256` last. */
export function checkedText(version: number, value: object): string {
  const { formatVersion: _version, sha256: _sum, ...rest } = value as JsonObject;
  const content = JSON.parse(JSON.stringify({ formatVersion: version, ...rest })) as JsonObject;
  return `${JSON.stringify({ ...content, sha256: sumOf(content) }, null, 2)}\n`;
}

/** Writes `value` atomically with its version and checksum. @throws DriftcastError `disk`. */
export async function writeJsonChecked<Value extends object>(
  path: string,
  format: JsonFormat<Value>,
  value: Value,
): Promise<void> {
  await writeFileAtomic(path, checkedText(format.version, value));
}

function damaged(format: JsonFormat<unknown>, path: string, why: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `The ${format.what} file ${path} is damaged: ${why}.`,
    'Restore it from a backup, or delete its folder and make it again.',
  );
}

/**
 * Checks and parses the text of a checked file.
 * @throws DriftcastError `damaged-file` when the text was altered, `unsupported` when a newer Driftcast wrote it.
 */
export function parseChecked<Value>(text: string, format: JsonFormat<Value>, path: string): Value {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw damaged(format, path, text.trim() === '' ? 'it is empty' : 'it is not complete JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw damaged(format, path, 'it holds no JSON object');
  const { sha256: sum, ...found } = parsed as JsonObject;
  if (sum !== sumOf(found)) throw damaged(format, path, 'its content does not match its checksum');
  let content: JsonObject = found;
  let version = Number(content.formatVersion);
  if (!Number.isInteger(version) || version < 1) throw damaged(format, path, 'it names no format version');
  if (version > format.version)
    throw new DriftcastError(
      'unsupported',
      `The ${format.what} file ${path} was written by a newer Driftcast (format ${version}, this one reads up to ${format.version}).`,
      'Update Driftcast to open it.',
    );
  for (; version < format.version; version++) {
    const migrate = format.migrations?.[version];
    if (!migrate) throw damaged(format, path, `nothing can read its format ${version}`);
    content = { ...migrate(content), formatVersion: version + 1 };
  }
  const checked = format.schema.safeParse(content);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw damaged(format, path, `"${issue?.path.join('.') ?? ''}" is not as it should be`);
  }
  return checked.data;
}

/**
 * Reads, checks and migrates a file.
 * @throws DriftcastError `not-found`, `damaged-file`, `unsupported` or `disk`.
 */
export async function readJsonChecked<Value>(path: string, format: JsonFormat<Value>): Promise<Value> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    throw diskError(thrown, 'read', path);
  }
  return parseChecked(text, format, path);
}

/** Like {@link readJsonChecked}, but null when there is no such file. */
export async function readJsonIfPresent<Value>(
  path: string,
  format: JsonFormat<Value>,
): Promise<Value | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw diskError(thrown, 'read', path);
  }
  return parseChecked(text, format, path);
}
