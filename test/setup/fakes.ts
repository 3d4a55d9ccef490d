/** Stand-ins for the set-up's surroundings: wheels, programs on PATH, a report that keeps what it was told. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Wheel } from '../../main/setup/pins.mjs';

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'driftcast-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface ZipOptions {
  /** Stores the entries as they are instead of deflating them. */
  stored?: boolean;
  /** Writes sizes and offsets the Zip64 way, as archives of more than 4 GiB have to. */
  zip64?: boolean;
}

/** Writes a zip archive, which is what a wheel is. */
export function writeZip(
  path: string,
  files: Record<string, string | Buffer>,
  options: ZipOptions = {},
): void {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = options.stored ? data : deflateRawSync(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    local.writeUInt16LE(3, 28);
    const before = Buffer.concat([local, Buffer.from(name), Buffer.alloc(3)]);
    directory.push(centralEntry(name, data, packed, offset, options));
    parts.push(before, packed);
    offset += before.length + packed.length;
  }
  const table = Buffer.concat(directory);
  const end = endRecord(directory.length, table.length, offset, options.zip64 ?? false);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([...parts, table, end]));
}

function centralEntry(
  name: string,
  data: Buffer,
  packed: Buffer,
  offset: number,
  options: ZipOptions,
): Buffer {
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(0x02014b50, 0);
  fixed.writeUInt16LE(options.stored ? 0 : 8, 10);
  fixed.writeUInt32LE(crc32(data), 16);
  fixed.writeUInt32LE(options.zip64 ? 0xffffffff : packed.length, 20);
  fixed.writeUInt32LE(options.zip64 ? 0xffffffff : data.length, 24);
  fixed.writeUInt16LE(Buffer.byteLength(name), 28);
  fixed.writeUInt32LE(options.zip64 ? 0xffffffff : offset, 42);
  if (!options.zip64) return Buffer.concat([fixed, Buffer.from(name)]);
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(data.length), 4);
  extra.writeBigUInt64LE(BigInt(packed.length), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  fixed.writeUInt16LE(extra.length, 30);
  return Buffer.concat([fixed, Buffer.from(name), extra]);
}

function endRecord(count: number, length: number, offset: number, zip64: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : length, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  if (!zip64) return end;
  const wide = Buffer.alloc(56);
  wide.writeUInt32LE(0x06064b50, 0);
  wide.writeBigUInt64LE(BigInt(count), 32);
  wide.writeBigUInt64LE(BigInt(length), 40);
  wide.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  return Buffer.concat([wide, locator, end]);
}

/** The pin of a wheel that lies on the disk. */
export function pinOf(project: string, path: string): Wheel {
  const bytes = readFileSync(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { project, version: '1.0', sha256, bytes: bytes.length, platform: 'manylinux_2_27_x86_64' };
}

/** Puts a shell script on a PATH of its own, beside nothing but the usual small tools. */
export function fakeProgram(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A report that keeps its lines. */
export function keptReport() {
  const lines: string[] = [];
  return {
    lines,
    phase: (number: number, text: string) => void lines.push(`phase ${number}: ${text}`),
    note: (text: string) => void lines.push(text),
    progress: () => {},
    warn: (text: string) => void lines.push(`warning: ${text}`),
  };
}
