/**
 * The data plane's answer to one address, the same for the browser shell and the desktop shell: raw
 * little-endian float32 with shape, units, range and date in the headers, or an error as data.
 */

import type { FieldData } from '#main/engine/protocol.ts';
import { type FieldAddress, fieldHeaders, parseFieldPath } from '#shared/contract/fields.ts';
import { DriftcastError, type ErrorCode, type ErrorData, toErrorData } from '#shared/errors.ts';

export interface PlainResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | string;
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * @param path path and query of the address, e.g. `/fields/dataset/sst-1/0/12`
 * @param resolve where the values come from (the service)
 */
export async function fieldResponse(
  path: string,
  resolve: (address: FieldAddress) => Promise<FieldData>,
): Promise<PlainResponse> {
  const address = parseFieldPath(path);
  if (address === null)
    return errorResponse(new DriftcastError('bad-input', 'This is not the address of a field.'));
  try {
    const field = await resolve(address);
    return { status: 200, headers: headersOf(field), body: littleEndianBytes(field.data) };
  } catch (thrown) {
    return errorResponse(thrown);
  }
}

function headersOf(field: FieldData): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    // An address never changes its content, but the data are the user's own: no shared cache may keep them.
    'cache-control': 'private, max-age=31536000, immutable',
    [fieldHeaders.shape]: `${field.height} ${field.width}`,
    // Units may hold any character (°, ², µ), headers may not.
    [fieldHeaders.units]: encodeURIComponent(field.units),
    [fieldHeaders.range]: field.range === null ? '' : `${field.range.min} ${field.range.max}`,
    [fieldHeaders.date]: field.date,
  };
}

function littleEndianBytes(data: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(data.byteLength);
  if (littleEndian) bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  else {
    const view = new DataView(bytes.buffer);
    data.forEach((value, index) => {
      view.setFloat32(index * 4, value, true);
    });
  }
  return bytes;
}

const statusOf: Partial<Record<ErrorCode, number>> = {
  'bad-input': 400,
  unauthorised: 401,
  'not-found': 404,
  conflict: 409,
  unsupported: 415,
  'damaged-file': 422,
  disk: 507,
};

/** `{ error }` with the sentence for the person; what only a log should see stays out. */
export function errorResponse(thrown: unknown, status?: number): PlainResponse {
  const { code, message, hint }: ErrorData = toErrorData(thrown);
  return {
    status: status ?? statusOf[code] ?? 500,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify({ error: { code, message, hint } }),
  };
}
