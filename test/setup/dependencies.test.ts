import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { areDependenciesCurrent } from '../../main/setup/dependencies.mjs';
import { root } from '../../main/setup/paths.mjs';
import { temporaryFolder } from './fakes.ts';

type Packages = Record<string, Record<string, unknown>>;

function checkout(wanted: Packages, installed: Packages | null): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }));
  if (installed) {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }));
  }
  return folder;
}

const zod = { version: '1.0.0', integrity: 'sha512-a' };

describe('the packages', () => {
  it('are current where npm finished with what the lockfile names', () => {
    expect(areDependenciesCurrent(checkout({ 'node_modules/zod': zod }, { 'node_modules/zod': zod }))).toBe(
      true,
    );
  });

  it('may lack what is optional: another platform’s binaries', () => {
    const wanted = {
      'node_modules/zod': zod,
      'node_modules/for-windows': { version: '1.0.0', optional: true },
    };
    expect(areDependenciesCurrent(checkout(wanted, { 'node_modules/zod': zod }))).toBe(true);
  });

  it.each<[string, Packages | null]>([
    ['nothing is installed', null],
    ['one is missing', {}],
    ['one has another version', { 'node_modules/zod': { ...zod, version: '0.9.0' } }],
    ['one has another content', { 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }],
  ])('are not current where %s', (_name, installed) => {
    expect(areDependenciesCurrent(checkout({ 'node_modules/zod': zod }, installed))).toBe(false);
  });

  it('are named completely by the lockfile, other platforms’ binaries included, or npm ci refuses it', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !placesAbove(path).some((place) => `${place}node_modules/${name}` in packages))
        .map((name) => `${path || 'the app'} needs ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

/** Where Node would look for a package's own packages: in it, then in each folder above. */
function placesAbove(path: string): string[] {
  const places = path === '' ? [''] : [`${path}/`];
  for (
    let at = path.lastIndexOf('node_modules/');
    at >= 0;
    at = at === 0 ? -1 : path.lastIndexOf('node_modules/', at - 1)
  ) {
    places.push(path.slice(0, at));
  }
  return places;
}
