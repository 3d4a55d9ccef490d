/**
 * The safetensors format (an 8-byte little-endian header length, a JSON header, raw data), read and written on
 * buffers alone, because weights travel in it both ways. Files are untrusted: every number is checked before use.
 */
import { DriftcastError } from '#shared/errors.ts';

/** A tensor in its published layout; int64 only for counters and times. */
export interface StoredTensor {
  shape: number[];
  data: Float32Array | BigInt64Array;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const MAX_HEADER = 100_000_000;

/**
 * Reads all tensors (float32 and int64) of a safetensors file; the data are copied out of `buffer`.
 * @throws DriftcastError `damaged-file` when the contents contradict themselves, `unsupported` for other types
 */
export function readSafetensors(buffer: ArrayBuffer | Uint8Array): Map<string, StoredTensor> {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  const { header, start } = readHeader(bytes);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const entry = checkEntry(name, value, bytes.length - start);
    const [from, to] = entry.data_offsets;
    // Not `bytes.slice`: on Node's Buffer that is a view of the whole file.
    const raw = new Uint8Array(to - from);
    raw.set(bytes.subarray(start + from, start + to));
    const data = entry.dtype === 'F32' ? new Float32Array(raw.buffer) : new BigInt64Array(raw.buffer);
    tensors.set(name, { shape: entry.shape, data });
  }
  return tensors;
}

/** The string-to-string notes of a file's header, empty when there are none. */
export function readMetadata(buffer: ArrayBuffer | Uint8Array): Record<string, string> {
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
  const notes = readHeader(bytes).header.__metadata__;
  if (typeof notes !== 'object' || notes === null) return {};
  return Object.fromEntries(Object.entries(notes).filter(([, value]) => typeof value === 'string'));
}

/** Writes tensors in the given order, with optional notes for the header. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Record<string, string>,
): Uint8Array {
  const header: Record<string, unknown> = metadata === undefined ? {} : { __metadata__: metadata };
  let offset = 0;
  // Wider elements first, so that every tensor starts at a multiple of its element size.
  const ordered = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const [name, { shape, data }] of ordered) {
    const end = offset + data.byteLength;
    const dtype = data instanceof Float32Array ? 'F32' : 'I64';
    header[name] = { dtype, shape, data_offsets: [offset, end] } satisfies Entry;
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + padded + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.fill(0x20, 8, 8 + padded);
  file.set(text, 8);
  let position = 8 + padded;
  for (const [, { data }] of ordered) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) throw damaged('it is shorter than its own header');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, bytes.length - 8))) throw damaged('its header runs past its end');
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw damaged('its header is not a table of tensors');
  }
  return { header: header as Record<string, unknown>, start };
}

function checkEntry(name: string, value: unknown, available: number): Entry {
  const entry = value as Partial<Entry> | null;
  const { dtype, shape, data_offsets: offsets } = entry ?? {};
  if (typeof dtype !== 'string' || !counts(shape) || !counts(offsets) || offsets.length !== 2) {
    throw damaged(`the entry of "${name}" is incomplete`);
  }
  if (dtype !== 'F32' && dtype !== 'I64') {
    throw new DriftcastError(
      'unsupported',
      `The tensor "${name}" has the type ${dtype}, which Driftcast does not read.`,
      'Save the weights as 32-bit floats (and 64-bit integers for counters).',
    );
  }
  const [from, to] = offsets as [number, number];
  const size = shape.reduce((a, b) => a * b, dtype === 'F32' ? 4 : 8);
  if (from > to || to > available || to - from !== size) {
    throw damaged(`the data of "${name}" do not fit its shape [${shape}] or the file`);
  }
  return { dtype, shape, data_offsets: [from, to] };
}

function counts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

function damaged(why: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `This is not an intact safetensors file: ${why}.`,
    'Copy or export the file again.',
  );
}
