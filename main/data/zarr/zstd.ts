/**
 * What a Zstandard frame unpacks to at most, told from its headers, so that a bomb is refused before the library
 * allocates anything. Source: RFC 8878, section 3.1.
 */

const magic = 0xfd2f_b528;
const largestBlock = 128 * 1024;

/** An upper bound in bytes. @throws Error for anything but a whole frame */
export function zstdBound(input: Uint8Array): number {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 9 || view.getUint32(0, true) !== magic) throw new Error('it is no Zstandard frame');
  const descriptor = input[4]!;
  const single = (descriptor & 0x20) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  if (at + sizeBytes > input.length) throw new Error('a Zstandard frame is cut short');
  if (sizeBytes === 1) return input[at]!;
  if (sizeBytes === 2) return view.getUint16(at, true) + 256;
  if (sizeBytes === 4) return view.getUint32(at, true);
  if (sizeBytes === 8) return Number(view.getBigUint64(at, true));
  return boundOfBlocks(input, at);
}

/** Of a frame that does not state its size: what its blocks can hold. */
function boundOfBlocks(input: Uint8Array, first: number): number {
  let bound = 0;
  for (let at = first; at + 3 <= input.length; ) {
    const header = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16);
    const [last, kind, size] = [header & 1, (header >> 1) & 3, header >> 3];
    bound += kind === 2 ? largestBlock : size;
    if (last) return bound;
    at += 3 + (kind === 1 ? 1 : size);
  }
  throw new Error('a Zstandard frame is cut short');
}
