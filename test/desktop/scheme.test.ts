/** The app:// scheme: what it serves, under which policy, and that no path leads out of its folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { serveScheme } from '#main/desktop/scheme.ts';
import type { FieldData } from '#main/engine/protocol.ts';
import { pageFile } from '#main/service/pageFile.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type FakeElectron, fakeElectron } from './electron.ts';

const field: FieldData = {
  data: new Float32Array([1, 2]),
  height: 1,
  width: 2,
  units: 'K',
  range: { min: 1, max: 2 },
  date: '',
};

async function served(): Promise<FakeElectron> {
  const folder = await temporaryFolder();
  const renderer = join(folder, 'renderer');
  await mkdir(join(renderer, 'assets'), { recursive: true });
  await writeFile(join(renderer, 'index.html'), '<!doctype html>');
  await writeFile(join(renderer, 'assets', 'a.js'), 'export {};');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  const electron = fakeElectron();
  serveScheme(electron.module, renderer, { resolveField: async () => field });
  return electron;
}

describe('app://driftcast', () => {
  it('serves the window under the policy that starts from nothing', async () => {
    const electron = await served();
    for (const [path, text] of [
      ['/', '<!doctype html>'],
      ['/index.html', '<!doctype html>'],
      ['/assets/a.js', 'export {};'],
    ] as const) {
      const answer = await electron.fetch(`app://driftcast${path}`);
      expect(await answer.text()).toBe(text);
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; /,
      );
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('serves fields as the browser shell does', async () => {
    const electron = await served();
    const answer = await electron.fetch('app://driftcast/fields/dataset/d/0/1');
    expect(answer.headers.get('x-field-shape')).toBe('1 2');
    expect([...new Float32Array(await answer.arrayBuffer())]).toEqual([1, 2]);
    expect((await electron.fetch('app://driftcast/fields/nothing')).status).toBe(400);
  });

  it.each([
    'app://driftcast/../secret.txt',
    'app://driftcast/..%2fsecret.txt',
    'app://driftcast/%2e%2e%2fsecret.txt',
    'app://driftcast/assets/..%2f..%2fsecret.txt',
    'app://driftcast/..%5csecret.txt',
    'app://driftcast/assets/%2e%2e/%2e%2e/secret.txt',
    'app://driftcast//secret.txt',
    'app://driftcast/%00',
    'app://driftcast/%',
    'app://driftcast/C:/secret.txt',
    'app://driftcast/assets/',
    'app://other/index.html',
    'app://driftcast@other/index.html',
    'app:index.html',
    'file:///etc/passwd',
    'nothing',
  ])('%s leads nowhere', async (address) => {
    const answer = await (await served()).fetch(address);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('secret');
  });

  it('is for reading only', async () => {
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await (await served()).fetch('app://driftcast/', method)).status).toBe(404);
  });
});

describe('a path inside the folder', () => {
  it('never leads out of it', () => {
    const piece = fc.constantFrom('..', '.', '', 'a', '%2e', '%2f', '%5c', '\\', '%00', '%25', 'C:', '/');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const file = pageFile('/app/renderer', `/${pieces.join('/')}`);
        return file === null || file.startsWith('/app/renderer/');
      }),
      { numRuns: 2000 },
    );
  });
});
