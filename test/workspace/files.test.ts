/** Files on disk: atomic, checked, versioned, and readable after a crash at any moment. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeAtomicThrough, writeFileAtomic } from '#main/workspace/atomic.ts';
import { readBinaryChecked, sidecarPath, writeBinaryChecked } from '#main/workspace/checked-binary.ts';
import {
  type JsonFormat,
  readJsonChecked,
  readJsonIfPresent,
  writeJsonChecked,
} from '#main/workspace/checked-json.ts';
import { appendLine, readLines, replaceLines } from '#main/workspace/lines.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const noteSchema = z.object({ formatVersion: z.literal(2), text: z.string(), extra: z.unknown().optional() });
type Note = z.infer<typeof noteSchema>;
const noteFormat: JsonFormat<Note> = {
  what: 'note',
  version: 2,
  schema: noteSchema,
  migrations: { 1: (old) => ({ text: old.words }) },
};

describe('atomic writes', () => {
  it('leave the old content and no temporary file when writing fails half-way', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'a.txt');
    await writeFileAtomic(path, 'old');
    const failing = writeAtomicThrough(path, async (file) => {
      await file.writeFile('half');
      throw new Error('the power went');
    });
    await expect(failing).rejects.toThrow('the power went');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('say in one sentence which file could not be written', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(writeFileAtomic(join(folder, 'file', 'inside.txt'), 'x')).rejects.toMatchObject({
      name: 'DriftcastError',
      message: expect.stringContaining('inside.txt'),
    });
  });
});

describe('checked JSON', () => {
  it('gives back any JSON value and survives a change of indentation', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'note.json');
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.jsonValue(), async (text, extra) => {
        await writeJsonChecked(path, noteFormat, { formatVersion: 2, text, extra });
        const plain = JSON.parse(await readFile(path, 'utf8'));
        await writeFile(path, JSON.stringify(plain, null, 7));
        expect(await readJsonChecked(path, noteFormat)).toEqual(
          JSON.parse(JSON.stringify({ formatVersion: 2, text, extra })),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('tells damage, absence, newer and older formats apart', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'note.json');
    expect(await readJsonIfPresent(path, noteFormat)).toBeNull();
    await expect(readJsonChecked(path, noteFormat)).rejects.toMatchObject({ code: 'not-found' });

    await writeJsonChecked(path, noteFormat, { formatVersion: 2, text: 'warm' });
    const text = await readFile(path, 'utf8');
    for (const broken of [text.replace('warm', 'cold'), text.slice(0, -9), '', '[]']) {
      await writeFile(path, broken);
      await expect(readJsonChecked(path, noteFormat)).rejects.toMatchObject({
        code: 'damaged-file',
        message: expect.stringContaining(path),
      });
    }

    const newer: JsonFormat<unknown> = { what: 'note', version: 3, schema: z.unknown() };
    await writeJsonChecked(path, newer as JsonFormat<object>, { text: 'from the future' });
    await expect(readJsonChecked(path, noteFormat)).rejects.toMatchObject({ code: 'unsupported' });

    const older: JsonFormat<unknown> = { what: 'note', version: 1, schema: z.unknown() };
    await writeJsonChecked(path, older as JsonFormat<object>, { words: 'from the past' });
    expect(await readJsonChecked(path, noteFormat)).toEqual({ formatVersion: 2, text: 'from the past' });
  });
});

describe('a binary with its description', () => {
  const schema = z.object({ formatVersion: z.literal(1), epoch: z.number() });
  const format: JsonFormat<z.infer<typeof schema>> = { what: 'checkpoint', version: 1, schema };
  const describing = (epoch: number) => ({ formatVersion: 1 as const, epoch });

  it('is read back, and damage to either file is told', async () => {
    const path = join(await temporaryFolder(), 'checkpoints', 'last.safetensors');
    expect(await readBinaryChecked(path, format)).toBeNull();
    await writeBinaryChecked(path, new Uint8Array([1, 2, 3]), format, describing(4));
    const read = await readBinaryChecked(path, format);
    expect(read && [...read.bytes]).toEqual([1, 2, 3]);
    expect(read?.description.epoch).toBe(4);
    await writeFile(path, new Uint8Array([1, 2, 4]));
    await expect(readBinaryChecked(path, format)).rejects.toMatchObject({ code: 'damaged-file' });
  });

  it('is whole after a crash at every step of replacing it', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'last.safetensors');
    const sidecar = sidecarPath(path);
    const other = join(folder, 'other.safetensors');
    await writeBinaryChecked(other, new Uint8Array([2]), format, describing(2));
    const steps = [
      () => writeFile(`${path}.next`, new Uint8Array([])),
      async () => writeFile(`${path}.next`, await readFile(other)),
      async () => writeFile(`${sidecar}.next`, (await readFile(sidecarPath(other))).subarray(0, 20)),
      async () => writeFile(`${sidecar}.next`, await readFile(sidecarPath(other))),
      () => rename(`${path}.next`, path),
      () => rename(`${sidecar}.next`, sidecar),
    ];
    const expectedEpochs = [1, 1, 1, 1, 2, 2];
    for (let crashAfter = 1; crashAfter <= steps.length; crashAfter++) {
      for (const left of [path, sidecar, `${path}.next`, `${sidecar}.next`]) await rm(left, { force: true });
      await writeBinaryChecked(path, new Uint8Array([1]), format, describing(1));
      for (const step of steps.slice(0, crashAfter)) await step();
      const read = await readBinaryChecked(path, format);
      expect(read?.description.epoch, `crash after step ${crashAfter}`).toBe(expectedEpochs[crashAfter - 1]);
      expect(read && [...read.bytes]).toEqual([expectedEpochs[crashAfter - 1]]);
      // The next write starts from whatever was left.
      await writeBinaryChecked(path, new Uint8Array([3]), format, describing(3));
      expect((await readBinaryChecked(path, format))?.description.epoch).toBe(3);
    }
  });
});

describe('lines', () => {
  const schema = z.object({ epoch: z.number() });

  it('leave out a torn last line and cut it off before going on', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'metrics.jsonl');
    expect(await readLines(path, schema)).toEqual([]);
    await appendLine(path, { epoch: 1 });
    await appendLine(path, { epoch: 2 });
    await writeFile(path, `${await readFile(path, 'utf8')}{"epo`);
    expect(await readLines(path, schema)).toEqual([{ epoch: 1 }, { epoch: 2 }]);
    await appendLine(path, { epoch: 3 });
    expect(await readLines(path, schema)).toEqual([{ epoch: 1 }, { epoch: 2 }, { epoch: 3 }]);
    await replaceLines(path, [{ epoch: 1 }]);
    expect(await readFile(path, 'utf8')).toBe('{"epoch":1}\n');
  });

  it('name a damaged line before the last one', async () => {
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    const path = join(folder, 'metrics.jsonl');
    await writeFile(path, '{"epoch":1}\nnonsense\n{"epoch":3}\n');
    await expect(readLines(path, schema)).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringContaining('Line 2'),
    });
  });
});
