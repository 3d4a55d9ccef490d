/**
 * Looks through the global heaps of an HDF5 file before the library does: it walks from object to object by the sizes
 * in the file, and a size that leads nowhere, as in a damaged file, would keep it walking for ever.
 * Dimension lists and texts of variable length lie in these heaps.
 * Source: HDF5 file format specification 3.0, III.E "Global Heap" and II.A "Superblock".
 */
import { readTimed } from './hdf5Clock.ts';
import type { Hdf5Module } from './hdf5Library.ts';

type FileSystem = Hdf5Module['FS'];
type Stream = ReturnType<FileSystem['open']>;
/** Fills a buffer from a position of the file; answers how many bytes there were. */
export type ReadAt = (into: Uint8Array, position: number) => number;

const signature = Buffer.from('GCOL\x01', 'latin1');
const superblock = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
/** Objects of a heap are numbered with 16 bits; the free space has the number 0. */
const mostObjects = 2 ** 16;
const align = (size: number) => Math.ceil(size / 8) * 8;

/** Bytes in which a file writes lengths, 8 but for very odd files. */
function lengthBytes(read: ReadAt): number {
  const head = Buffer.alloc(16);
  for (let at = 0; ; at = at === 0 ? 512 : at * 2) {
    if (read(head, at) < head.length) break;
    if (head.subarray(0, 8).equals(superblock)) return head[head[8]! < 2 ? 14 : 10]!;
  }
  return 8;
}

/**
 * Whether the objects of the global heap at a position follow each other to its end.
 * @param width bytes of a length in this file
 */
export function isWholeHeap(read: ReadAt, position: number, width: number): boolean {
  if (width !== 2 && width !== 4 && width !== 8) return false;
  const headBytes = align(8 + width);
  const head = Buffer.alloc(headBytes);
  const length = () => (width === 8 ? Number(head.readBigUInt64LE(8)) : head.readUIntLE(8, width));
  // What the file does not hold the library cannot read either: it says so by itself.
  if (read(head, position) < headBytes) return true;
  const end = position + length();
  let at = position + headBytes;
  for (let objects = 0; at + headBytes <= end; objects++) {
    if (read(head, at) < headBytes) return true;
    const step = head.readUInt16LE(0) === 0 ? length() : headBytes + align(length());
    if (step === 0 || step > end - at || objects > mostObjects) return false;
    at += step;
  }
  return true;
}

/** Lets the library read no damaged heap: instead it is told that the disk failed, and gives up with an error. */
export function guardHeaps({ FS }: Pick<Hdf5Module, 'FS'>): void {
  const { read } = FS;
  // Of the file system, but not in its declarations.
  const { ErrnoError } = FS as unknown as { ErrnoError: new (code: number) => Error };
  /** Of the files that are open: the heaps that were looked through, by position. */
  const known = new WeakMap<Stream, { width: number; heaps: Map<number, boolean> }>();

  const check = (stream: Stream, position: number, readAt: ReadAt) => {
    let file = known.get(stream);
    if (!file) {
      file = { width: lengthBytes(readAt), heaps: new Map() };
      known.set(stream, file);
    }
    const whole = file.heaps.get(position) ?? isWholeHeap(readAt, position, file.width);
    file.heaps.set(position, whole);
    if (!whole) throw new ErrnoError(inputOutputError);
  };

  FS.read = (stream, buffer, offset, length, position) => {
    const count = readTimed(() => read.call(FS, stream, buffer, offset, length, position));
    // Files being written are the library's own work, and not whole on disk.
    if (position === undefined || !isReadOnly(stream)) return count;
    const readAt: ReadAt = (into, at) => read.call(FS, stream, into, 0, into.length, at);
    const bytes = Buffer.from(buffer.buffer as ArrayBuffer, buffer.byteOffset + offset, count);
    // The library keeps what it read and asks for the rest alone, so that a signature may come in two pieces.
    const overlap = Buffer.alloc(Math.min(position, signature.length - 1));
    readAt(overlap, position - overlap.length);
    const seam = Buffer.concat([overlap, bytes.subarray(0, signature.length - 1)]);
    for (const [piece, start] of [
      [seam, position - overlap.length],
      [bytes, position],
    ] as const)
      for (let i = piece.indexOf(signature); i >= 0; i = piece.indexOf(signature, i + 1))
        check(stream, start + i, readAt);
    return count;
  };
}

/** EIO as the WebAssembly system interface counts. */
const inputOutputError = 29;

const isReadOnly = (stream: Stream) => ((stream as { flags?: number }).flags ?? 0) % 4 === 0;
