/** A dropped folder that is one data set becomes one archive, whole or not at all. */
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { droppedFiles } from '../../../renderer/contract/dropped.ts';

type Tree = { [name: string]: Tree | File };

/** As the browser hands over what was dropped: folders answer their entries once, and then nothing. */
function entryOf(name: string, content: Tree | File): FileSystemEntry {
  if (content instanceof File)
    return {
      name,
      isFile: true,
      isDirectory: false,
      file: (done: (file: File) => void) => done(content),
    } as never;
  let entries = Object.entries(content).map(([inner, below]) => entryOf(inner, below));
  const createReader = () => ({
    readEntries(done: (found: FileSystemEntry[]) => void) {
      const found = entries;
      entries = [];
      done(found);
    },
  });
  return { name, isFile: false, isDirectory: true, createReader } as never;
}

const drop = (name: string, content: Tree) =>
  droppedFiles({ files: [], items: [{ webkitGetAsEntry: () => entryOf(name, content) }] } as never, false);
const text = (content: string) => new File([content], 'x');

describe('a dropped folder', () => {
  it('that is a Zarr store comes as one archive with every file in it', async () => {
    const [archive, ...others] = await drop('a.zarr', {
      'zarr.json': text('{}'),
      sst: { 'zarr.json': text('{"shape":[2]}'), c: { '0': text('zero'), '1': text('one') } },
    });
    expect([archive?.name, others]).toEqual(['a.zarr.zip', []]);
    const found = unzipSync(new Uint8Array(await archive!.arrayBuffer()));
    const texts = Object.entries(found).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
    expect(Object.fromEntries(texts)).toEqual({
      'a.zarr/zarr.json': '{}',
      'a.zarr/sst/zarr.json': '{"shape":[2]}',
      'a.zarr/sst/c/0': 'zero',
      'a.zarr/sst/c/1': 'one',
    });
  });

  it('of more files or bytes than an archive can count is refused, and none of it is lost in silence', async () => {
    const chunk = text('');
    const many = Object.fromEntries(Array.from({ length: 2 ** 16 }, (_, at) => [String(at), chunk]));
    await expect(drop('many.zarr', { 'zarr.json': text('{}'), c: many })).rejects.toThrow(
      /many\.zarr” has 65537 files .* more than a browser can hand over/,
    );
    const large = Object.defineProperty(text(''), 'size', { value: 2 ** 32 });
    await expect(drop('large.zarr', { 'zarr.json': text('{}'), '0': large })).rejects.toThrow(/has 2 files/);
  });

  it('that holds nothing to open is told by its name', async () => {
    await expect(drop('notes', { 'a.txt': text('a') })).rejects.toThrow(/“notes” holds no data/);
  });
});
