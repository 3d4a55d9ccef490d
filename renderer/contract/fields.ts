/**
 * Fetches fields from the data plane and keeps the newest of them: an address never changes its content, so
 * that a frame seen once is shown again at once.
 */
import { widen } from '#shared/coarse.ts';
import { type FieldAddress, fieldHeaders, fieldPath } from '#shared/contract/fields.ts';
import { DriftcastError, errorDataSchema, fromErrorData } from '#shared/errors.ts';

export interface Field {
  /** Row-major [height, width], NaN where missing. */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly units: string;
  /** Of the values present; null when all are missing. */
  readonly range: { min: number; max: number } | null;
  readonly date: string;
  /** Of a field that passes quickly: every stride-th row and column, which is all that was fetched of it. */
  readonly coarse?: { readonly data: Float32Array; readonly stride: number };
}

/**
 * A field of which every `stride`-th row and column came. The whole of it is laid out when somebody reads a cell, which
 * while it passes is hardly ever.
 */
export function passing(thinned: Field, size: { height: number; width: number }, stride: number): Field {
  const { units, range, date } = thinned;
  let whole: Float32Array | null = null;
  return {
    ...{ units, range, date },
    height: size.height,
    width: size.width,
    coarse: { data: thinned.data, stride },
    get data() {
      whole ??= widen(thinned, size, stride).data;
      return whole;
    },
  };
}

const budgetBytes = 96 * 1024 * 1024;

export class FieldStore {
  readonly #fields = new Map<string, Promise<Field>>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;

  /** @throws DriftcastError with the service's own sentence. */
  get(address: FieldAddress): Promise<Field> {
    const path = fieldPath(address);
    const known = this.#fields.get(path);
    if (known) {
      this.#fields.delete(path);
      this.#fields.set(path, known);
      return known;
    }
    const coming = fetchField(path);
    this.#fields.set(path, coming);
    coming.then(
      (field) => this.#keep(path, field.data.byteLength),
      (thrown: unknown) => {
        // What cannot be asked for cannot be asked for later: the sentence is kept like a field.
        if (!(thrown instanceof DriftcastError && thrown.code === 'bad-input')) this.#fields.delete(path);
      },
    );
    return coming;
  }

  #keep(path: string, bytes: number): void {
    this.#sizes.set(path, bytes);
    this.#bytes += bytes;
    for (const oldest of this.#fields.keys()) {
      if (this.#bytes <= budgetBytes || oldest === path) return;
      const size = this.#sizes.get(oldest);
      if (size === undefined) continue;
      this.#fields.delete(oldest);
      this.#sizes.delete(oldest);
      this.#bytes -= size;
    }
  }
}

async function fetchField(path: string): Promise<Field> {
  const response = await fetch(path).catch((cause: unknown) => {
    throw new DriftcastError(
      'internal',
      'A field could not be fetched: the service did not answer.',
      'Wait until the connection is back, then try again.',
      { cause },
    );
  });
  if (!response.ok) throw await refusal(response);
  const shape = (response.headers.get(fieldHeaders.shape) ?? '').split(/[ ,x]+/).map(Number);
  const [height = 0, width = 0] = shape;
  const data = littleEndianFloats(await response.arrayBuffer());
  if (data.length !== height * width || data.length === 0)
    throw new DriftcastError(
      'internal',
      `A field of ${height} × ${width} cells came with ${data.length} values.`,
      'Reload the window; if it happens again, copy the details and report them.',
      { details: path },
    );
  const [min, max] = (response.headers.get(fieldHeaders.range) ?? '').split(' ').map(Number);
  return {
    data,
    height,
    width,
    units: decode(response.headers.get(fieldHeaders.units) ?? ''),
    range: min !== undefined && max !== undefined && Number.isFinite(min + max) ? { min, max } : null,
    date: response.headers.get(fieldHeaders.date) ?? '',
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function refusal(response: Response): Promise<DriftcastError> {
  const body: unknown = await response.json().catch(() => null);
  const candidate = body !== null && typeof body === 'object' && 'error' in body ? body.error : body;
  const parsed = errorDataSchema.safeParse(candidate);
  if (parsed.success) return fromErrorData(parsed.data);
  return new DriftcastError(
    'internal',
    `A field could not be fetched (status ${response.status}).`,
    'Reload the window and try again.',
  );
}

/** Every machine a browser runs on today is little-endian, but the data plane's promise is checked all the same. */
function littleEndianFloats(buffer: ArrayBuffer): Float32Array {
  const native = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  if (native) return new Float32Array(buffer, 0, Math.floor(buffer.byteLength / 4));
  const view = new DataView(buffer);
  return Float32Array.from({ length: Math.floor(buffer.byteLength / 4) }, (_, at) =>
    view.getFloat32(at * 4, true),
  );
}

/**
 * Missing-aware statistics of a field, for the text that stands beside every picture; of a field that passes quickly
 * those of the cells that came, none of which is counted as missing.
 */
export function summarise(field: Field): { min: number; max: number; mean: number; missing: number } | null {
  let sum = 0;
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  // On the interface's thread with every map: an index is several times as fast as an iterator.
  const data = field.coarse?.data ?? field.data;
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at] as number;
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return count === 0
    ? null
    : { min, max, mean: sum / count, missing: field.coarse ? 0 : data.length - count };
}
