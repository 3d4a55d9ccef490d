import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, sourceTree } from './tree.ts';

const topLevel = ['main', 'renderer', 'resources', 'shared', 'test'];
const mainRooms = ['cli', 'data', 'desktop', 'engine', 'service', 'setup', 'web', 'workspace'];
const longest = 400;

function foldersOf(path: string): string[] {
  const ignored = new Set(
    existsSync(join(root, '.git'))
      ? execFileSync('git', ['ls-files', '--others', '--ignored', '--exclude-standard', '--directory'], {
          cwd: root,
          encoding: 'utf8',
        })
          .split('\n')
          .map((line) => line.replace(/\/$/, ''))
      : ['node_modules'],
  );
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .filter((entry) => !ignored.has(path === '' ? entry.name : `${path}/${entry.name}`))
    .map((entry) => entry.name)
    .sort();
}

describe('folders', () => {
  it('at the top are the five that the architecture names', () => {
    expect(topLevel).toEqual(expect.arrayContaining(foldersOf('')));
  });

  it('in main are its rooms', () => {
    expect(mainRooms).toEqual(expect.arrayContaining(foldersOf('main')));
  });

  it(`hold no source file of more than ${longest} lines`, () => {
    const long = [...sourceTree()]
      .map(([file, text]) => ({ file, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > longest);
    expect(long).toEqual([]);
  });
});
