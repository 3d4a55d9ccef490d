/** The documents for people: what they refer to has to be there, and what they promise has to be true. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { root, sourceTree } from '../architecture/tree.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const security = read('resources/docs/security.md');
const product = [...sourceTree()].filter(([path]) => !path.startsWith('test/'));

describe('the security checklist', () => {
  const rows = security.split('\n').filter((line) => /^\| (?!item|threat|---)/.test(line));
  it.each(rows.map((row) => [row.split('|')[1]?.trim() ?? '', row]))(
    '%s: has its files and its test',
    (_item, row) => {
      for (const [, path = ''] of row.matchAll(
        /`((?:main|shared|test|renderer)\/[\w/.-]+|package\.json|electron-builder\.yml)`/g,
      ))
        expect(existsSync(join(root, path)), path).toBe(true);
      const [, file = '', title = ''] = /`(test\/[\w/.-]+)`: "([^"]+)"/.exec(row) ?? [];
      expect(read(file)).toContain(title);
    },
  );

  it('never opens an address outside', () => {
    for (const [path, text] of product) expect(text, path).not.toMatch(/openExternal/);
  });

  it('pins what it is made of', () => {
    const manifest = JSON.parse(read('package.json'));
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    for (const [name, range] of Object.entries(all)) expect(range, name).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('hands the page functions of its own alone', () => {
    const preload = read('main/desktop/preload.ts');
    expect([...preload.matchAll(/exposeInMainWorld\(([^)]*)\)/g)].map(([, words]) => words)).toEqual([
      'bridgeName, bridge',
    ]);
    expect(preload).not.toMatch(/:\s*ipcRenderer\b(?!\.)|\.\.\.ipcRenderer/);
  });
});

describe('troubleshooting', () => {
  const messages = read('resources/docs/troubleshooting.md')
    .split('\n')
    .filter((line) => /^\| (?!message|---)/.test(line))
    .map((line) => line.split('|')[1]?.trim() ?? '');
  const texts = product
    .map(([, text]) => text)
    .join('\n')
    .replace(/\\'/g, "'");
  it.each(messages)('speaks of what Driftcast says: %s', (message) => {
    expect(texts).toContain(message);
  });
});

it('the citation is of this version and of the paper', () => {
  const citation = read('CITATION.cff');
  expect(citation).toContain(`\nversion: ${version}\n`);
  expect(citation).toContain('arXiv:2306.01984');
});

it('documents lead nowhere that is not there', () => {
  for (const path of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'resources/docs/troubleshooting.md'])
    for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(existsSync(join(root, path, '..', target)), `${path}: ${target}`).toBe(true);
});

describe('the guides', () => {
  const pages = [
    'README.md',
    'resources/docs/user-guide.md',
    'resources/docs/method.md',
    'resources/docs/scores.md',
    'resources/docs/data.md',
  ];
  it.each(pages)('%s: its links lead to files that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
    for (const link of links) expect(existsSync(join(root, page, '..', link)), link).toBe(true);
  });

  it('names buttons and tabs as the window does', () => {
    const window = product.filter(([path]) => path.startsWith('renderer/')).map(([, text]) => text);
    for (const name of [
      'Prepare dataset',
      'What results',
      'Run the forecast',
      'Measure',
      'Scores',
      'Globe',
      'Mesh',
    ])
      expect(
        window.some((text) => text.includes(name)),
        name,
      ).toBe(true);
  });
});
