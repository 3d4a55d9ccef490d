/**
 * Takes single files out of a Python wheel, which is a zip archive, without holding them in memory: the
 * largest has 788 MB. Reads the archive's own table of contents (APPNOTE.TXT 4.3.12 to 4.3.16), Zip64 included.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { SetupError } from './report.mjs';

/**
 * @typedef {object} Entry
 * @property {string} name the path inside the wheel, with forward slashes
 * @property {number} method 0 stored, 8 deflated
 * @property {number} crc
 * @property {number} packed bytes in the archive
 * @property {number} size bytes once unpacked
 * @property {number} offset of the entry's local header
 */

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;

/**
 * The SHA-256 of a file, in hexadecimal.
 *
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function hashOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/**
 * The files of a wheel, folders left out.
 *
 * @param {string} path
 * @returns {Promise<Entry[]>}
 * @throws {SetupError} `corrupt` where it is not a whole zip archive
 */
export async function listWheel(path) {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    /** @param {number} position @param {number} length */
    const read = async (position, length) => {
      if (position < 0 || position + length > size) throw damaged(path);
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
      return buffer;
    };
    const { offset, length, count } = await findDirectory(path, read, size);
    return parseDirectory(path, await read(offset, length), count);
  } finally {
    await file.close();
  }
}

/**
 * Unpacks one entry into a folder.
 *
 * @param {string} wheel
 * @param {Entry} entry
 * @param {string} target the file to write; its folder is made
 * @param {(bytes: number) => void} [onBytes] called with the number of bytes just written
 * @throws {SetupError} `corrupt` where length or checksum differ, `disk` where the disk is full
 */
export async function unpackEntry(wheel, entry, target, onBytes) {
  await mkdir(dirname(target), { recursive: true });
  const start = await dataStart(wheel, entry);
  let crc = 0;
  let size = 0;
  const check = new Transform({
    transform(chunk, _encoding, done) {
      crc = zlib.crc32(chunk, crc);
      size += chunk.length;
      onBytes?.(chunk.length);
      done(null, chunk);
    },
  });
  const source =
    entry.packed === 0
      ? createReadStream(wheel, { start, end: start }).take(0)
      : createReadStream(wheel, { start, end: start + entry.packed - 1, highWaterMark: 1 << 20 });
  const out = createWriteStream(target, { highWaterMark: 1 << 20 });
  try {
    if (entry.method === 8) await pipeline(source, zlib.createInflateRaw({ chunkSize: 1 << 20 }), check, out);
    else await pipeline(source, check, out);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOSPC') throw diskFull(target);
    if (String(/** @type {NodeJS.ErrnoException} */ (error).code).startsWith('Z_')) throw damaged(wheel);
    throw error;
  }
  if (crc !== entry.crc || size !== entry.size) throw damaged(wheel);
}

/**
 * Where an entry would be put below a folder; refuses names that lead out of it.
 *
 * @param {string} folder
 * @param {string} name a relative path with forward slashes
 */
export function placeBelow(folder, name) {
  const base = resolve(folder);
  const place = resolve(base, name);
  if (place !== base && !place.startsWith(base + sep)) {
    throw new SetupError(
      'corrupt',
      `A downloaded archive holds "${name}", which leads out of its folder; nothing of it was used.`,
    );
  }
  return place;
}

/** @param {string} path */
export function diskFull(path) {
  return new SetupError(
    'disk',
    `The disk is full while writing ${path}; free about 2 GB there, or point DRIFTCAST_CACHE to a roomier folder, and start again.`,
  );
}

/** @param {string} wheel @param {Entry} entry */
async function dataStart(wheel, entry) {
  const file = await open(wheel);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(30), 0, 30, entry.offset);
    if (bytesRead < 30 || buffer.readUInt32LE(0) !== LOCAL) throw damaged(wheel);
    return entry.offset + 30 + buffer.readUInt16LE(26) + buffer.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

/**
 * @param {string} path
 * @param {(position: number, length: number) => Promise<Buffer>} read
 * @param {number} size
 */
async function findDirectory(path, read, size) {
  const length = Math.min(size, 22 + 0xffff);
  const last = await read(size - length, length);
  for (let at = length - 22; at >= 0; at -= 1) {
    if (last.readUInt32LE(at) !== END) continue;
    const directory = {
      count: last.readUInt16LE(at + 10),
      length: last.readUInt32LE(at + 12),
      offset: last.readUInt32LE(at + 16),
    };
    const is64 =
      directory.count === 0xffff || directory.length === 0xffffffff || directory.offset === 0xffffffff;
    if (!is64) return directory;
    const locator = await read(size - length + at - 20, 20);
    if (locator.readUInt32LE(0) !== LOCATOR64) throw damaged(path);
    const end = await read(Number(locator.readBigUInt64LE(8)), 56);
    if (end.readUInt32LE(0) !== END64) throw damaged(path);
    return {
      count: Number(end.readBigUInt64LE(32)),
      length: Number(end.readBigUInt64LE(40)),
      offset: Number(end.readBigUInt64LE(48)),
    };
  }
  throw damaged(path);
}

/** @param {string} path @param {Buffer} bytes @param {number} count @returns {Entry[]} */
function parseDirectory(path, bytes, count) {
  const entries = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw damaged(path);
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const entry = {
      name,
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      ...widen(extra, {
        size: bytes.readUInt32LE(at + 24),
        packed: bytes.readUInt32LE(at + 20),
        offset: bytes.readUInt32LE(at + 42),
      }),
    };
    if (entry.method !== 0 && entry.method !== 8) throw damaged(path);
    if (!name.endsWith('/')) entries.push(entry);
    at += 46 + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * Zip64: a value of all ones stands for the next eight bytes of the extra field 1, in this fixed order.
 *
 * @param {Buffer} extra
 * @param {{ size: number, packed: number, offset: number }} values
 */
function widen(extra, values) {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let field = at + 4;
    for (const key of /** @type {const} */ (['size', 'packed', 'offset'])) {
      if (values[key] !== 0xffffffff) continue;
      values[key] = Number(extra.readBigUInt64LE(field));
      field += 8;
    }
  }
  return values;
}

/** @param {string} path */
function damaged(path) {
  return new SetupError(
    'corrupt',
    `The downloaded archive ${path} is damaged; start again to download it anew.`,
  );
}
