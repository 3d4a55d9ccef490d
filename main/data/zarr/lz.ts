/**
 * The two byte-oriented compressions inside of Blosc frames. Written here because the WebAssembly builds answer
 * damaged input with uninitialised memory: these throw.
 * Sources: LZ4 block format description; format notes of BloscLZ in c-blosc.
 */

/** Copies a match, which may overlap itself. */
function copyMatch(out: Uint8Array, at: number, distance: number, length: number): number {
  if (distance <= 0 || distance > at || at + length > out.length)
    throw new Error('a match lies outside of its block');
  if (distance >= length) out.copyWithin(at, at - distance, at - distance + length);
  else for (let i = 0; i < length; i++) out[at + i] = out[at + i - distance]!;
  return at + length;
}

function copyLiterals(input: Uint8Array, from: number, out: Uint8Array, at: number, length: number): void {
  if (from + length > input.length || at + length > out.length)
    throw new Error('a block goes on beyond its end');
  out.set(input.subarray(from, from + length), at);
}

/** Fills `out` exactly. @throws Error for anything but a whole block of that length */
export function decodeLz4Block(input: Uint8Array, out: Uint8Array): void {
  let [from, at] = [0, 0];
  const next = (): number => {
    if (from >= input.length) throw new Error('a block is cut short');
    return input[from++]!;
  };
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble === 15) {
      let more: number;
      do {
        more = next();
        length += more;
      } while (more === 255);
    }
    return length;
  };
  while (from < input.length) {
    const token = next();
    const literals = lengthOf(token >> 4);
    copyLiterals(input, from, out, at, literals);
    from += literals;
    at += literals;
    // The last sequence is literals alone.
    if (from === input.length) break;
    const distance = next() | (next() << 8);
    at = copyMatch(out, at, distance, lengthOf(token & 15) + 4);
  }
  if (at !== out.length) throw new Error('a block is shorter than stated');
}

const farthestNear = 8191;

/** Fills `out` exactly. @throws Error for anything but a whole block of that length */
export function decodeBloscLz(input: Uint8Array, out: Uint8Array): void {
  let [from, at] = [0, 0];
  const next = (): number => {
    if (from >= input.length) throw new Error('a block is cut short');
    return input[from++]!;
  };
  let control = next() & 31;
  for (;;) {
    if (control >= 32) {
      let length = (control >> 5) - 1;
      const high = (control & 31) << 8;
      if (length === 6) {
        let more: number;
        do {
          more = next();
          length += more;
        } while (more === 255);
      }
      const low = next();
      let distance = high + low + 1;
      if (low === 255 && high === 31 << 8) distance = ((next() << 8) | next()) + farthestNear + 1;
      at = copyMatch(out, at, distance, length + 3);
    } else {
      const literals = control + 1;
      copyLiterals(input, from, out, at, literals);
      from += literals;
      at += literals;
    }
    if (from >= input.length) break;
    control = next();
  }
  if (at !== out.length) throw new Error('a block is shorter than stated');
}
