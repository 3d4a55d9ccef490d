/** Fields, uploads and downloads over real HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldPath } from '#shared/contract/fields.ts';
import { forecastDownloadPath, scoresDownloadPath, uploadPath } from '#shared/shell.ts';
import { largestTestUpload, type TestShell, testShell } from './shell.ts';

let shell: TestShell;
beforeAll(async () => {
  shell = await testShell();
});
afterAll(() => shell.close());

describe('a field', () => {
  it('is little-endian float32 with shape, units, range and date in the headers', async () => {
    const address = {
      kind: 'file',
      file: 'a',
      variable: 'sst/°C & more',
      time: 3,
      slices: { depth: 2 },
    } as const;
    const answer = await shell.askAsPage(fieldPath(address));
    expect(answer.status).toBe(200);
    expect(shell.fields.at(-1)).toEqual(address);
    expect(answer.headers).toMatchObject({
      'x-field-shape': '2 3',
      'x-field-units': '%C2%B0C',
      'x-field-range': '-2 5',
      'x-field-date': '2001-01-01',
      'content-length': '24',
    });
    expect(answer.headers['cache-control']).toBe('private, max-age=31536000, immutable');
    const values = Array.from({ length: 6 }, (_, index) => answer.body.readFloatLE(index * 4));
    expect(values).toEqual([1.5, Number.NaN, -2, 3, 4, 5]);
  });

  it.each([
    '/fields/',
    '/fields/file/a',
    '/fields/forecast/f/median/0/0',
    '/fields/dataset/d/0/-1',
    '/fields/%',
  ])('%s is no address', async (path) => {
    const answer = await shell.askAsPage(path);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { code: 'bad-input' } });
  });

  it('that is not there says so, and is not kept', async () => {
    const answer = await shell.askAsPage('/fields/dataset/d/0/99');
    expect(answer.status).toBe(404);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.parse(answer.body.toString())).toEqual({
      error: { code: 'not-found', message: 'There is no time 99.', hint: 'Choose another.' },
    });
  });
});

describe('an upload', () => {
  const post = (name: string | null, body: string) =>
    shell.askAsPage(uploadPath, {
      method: 'POST',
      body,
      headers: name === null ? {} : { 'x-file-name': name },
    });

  it('answers a token, and only the last part of its name counts', async () => {
    for (const [given, kept] of [
      ['sst.nc', 'sst.nc'],
      [encodeURIComponent('Übung 1.nc'), 'Übung 1.nc'],
      [encodeURIComponent('../../etc/a.nc'), 'a.nc'],
      [encodeURIComponent('C:\\data\\b.nc'), 'b.nc'],
      [encodeURIComponent('a\u0000\nb.nc'), 'ab.nc'],
    ] as const) {
      const answer = await post(given, 'CDF');
      expect(answer.status).toBe(201);
      expect(JSON.parse(answer.body.toString())).toEqual({ token: 'upload-1' });
      expect(shell.uploads.at(-1)).toEqual({ name: kept, content: 'CDF' });
    }
  });

  it.each([null, '', '%', '..', encodeURIComponent('a/..'), 'x'.repeat(300)])(
    'called %j is refused',
    async (name) => {
      const before = shell.uploads.length;
      const answer = await post(name, 'CDF');
      expect(answer.status).toBe(400);
      expect(shell.uploads).toHaveLength(before);
    },
  );

  it('that is too large is refused with a sentence, and the line goes on working', async () => {
    const answer = await post('big.nc', 'x'.repeat(largestTestUpload + 1));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { message: 'big.nc is too large.' } });
    expect((await shell.askAsPage('/')).status).toBe(200);
  });

  it('needs POST', async () => {
    expect((await shell.askAsPage(uploadPath)).status).toBe(405);
  });
});

describe('a download', () => {
  it('of a forecast streams the file under its own name', async () => {
    const answer = await shell.askAsPage(forecastDownloadPath('spring-1'));
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe('CDF forecast');
    expect(answer.headers['content-disposition']).toBe("attachment; filename*=UTF-8''Fr%C3%BChling.nc");
  });

  it('of scores is text', async () => {
    const answer = await shell.askAsPage(scoresDownloadPath('run-1'));
    expect(answer.body.toString()).toBe('method,lead\n');
    expect(answer.headers['content-type']).toBe('text/csv');
  });

  it.each([
    '/downloads/',
    '/downloads/forecast/..%2fsecret.nc',
    '/downloads/forecast/../x.nc',
    '/downloads/other/a.nc',
  ])('%s is nothing', async (path) => {
    expect((await shell.askAsPage(path)).status).toBe(404);
  });
});
