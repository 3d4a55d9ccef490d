/** Opening files: by path, token and upload; recent files; fields of the data plane. */
import { mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FieldCache } from '#main/service/fields.ts';
import { openUploads } from '#main/service/uploads.ts';
import type { FieldAddress } from '#shared/contract/fields.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { openFile, openService, prepareDataset, useEngine } from './fixtures/open-service.ts';

useEngine();

describe('opening', () => {
  it('remembers the newest first, by the same token again, also in the next session', async () => {
    const { service, workspace } = await openService();
    const { client } = service;
    const folder = await temporaryFolder();
    const paths = ['a.nc', 'b.nc', 'a.nc'].map((name) => join(folder, name));
    for (const path of paths) {
      await writeFile(path, 'content');
      const opened = await client.files.open({ path, statistics: true });
      expect(opened).toMatchObject({ summary: { name: 'a.nc' }, id: expect.stringMatching(/^[ab]-nc-/) });
    }
    const recent = await client.files.recent();
    expect(recent.map(({ name }) => name)).toEqual(['a.nc', 'b.nc']);
    expect(recent[0]?.folder).toBe(folder);
    await service.close();

    const next = await openService({ workspaceFolder: workspace });
    const token = recent[1]?.token ?? '';
    expect(await next.service.tokenForPath(paths[1] ?? '')).toBe(token);
    await next.service.client.files.openToken({ token });
    expect((await next.service.client.files.recent()).map(({ name }) => name)).toEqual(['b.nc', 'a.nc']);
    await expect(next.service.client.files.openToken({ token: 'no-such' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await writeFile(join(workspace, 'recent.json'), 'damaged');
    expect(await next.service.client.files.recent()).toEqual([]);
  });

  it('passes on what is wrong with a file, and survives one that kills the parser', async () => {
    const { service } = await openService();
    const folder = await temporaryFolder();
    for (const name of ['damaged.nc', 'crash.nc']) await writeFile(join(folder, name), '');
    const open = (name: string) => service.client.files.open({ path: join(folder, name) });
    await expect(open('damaged.nc')).rejects.toMatchObject({ code: 'damaged-file', hint: 'Get it again.' });
    await expect(open('crash.nc')).rejects.toMatchObject({
      code: 'engine-died',
      message: expect.stringMatching(/^crash\.nc made the program that reads files stop/),
      hint: expect.stringContaining('nothing else is affected'),
    });
    await expect(open('missing.nc')).rejects.toMatchObject({ code: 'not-found' });
    expect(await openFile(service)).toMatch(/^a-nc-/);
    expect((await service.client.files.recent()).map(({ name }) => name)).toEqual(['a.nc']);
  });

  it('notices that a file has changed since', async () => {
    const { service } = await openService();
    const { client } = service;
    const path = join(await temporaryFolder(), 'a.nc');
    await writeFile(path, 'content');
    const { id } = await client.files.open({ path });
    await utimes(path, new Date(0), new Date(0));
    await expect(client.files.statistics({ file: id, variable: 'sst' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('has changed'),
    });
    const again = await client.files.open({ path });
    expect(again.id).not.toBe(id);
    expect(await client.files.grid({ file: again.id, variable: 'sst' })).toMatchObject({ width: 2 });
    expect(await client.files.rhythm({ file: again.id, variable: 'sst' })).toEqual({
      dates: ['2000-01-01'],
      means: [1, null],
    });
    await rename(path, `${path}.away`);
    await expect(client.files.grid({ file: again.id, variable: 'sst' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('values over time at a place', () => {
  const box = { firstRow: 0, lastRow: 0, firstColumn: 0, lastColumn: 1 };

  it('come with the progress of reading them', async () => {
    const { service } = await openService();
    const { client } = service;
    const events: unknown[] = [];
    for await (const event of await client.files.series({
      file: await openFile(service),
      variable: 'sst',
      box,
    }))
      events.push(event);
    expect(events).toEqual([
      { kind: 'progress', fraction: 0.5 },
      { kind: 'series', series: { dates: ['2000-01-01'], values: [1], cells: 4, observed: 3 } },
    ]);
  });

  it('are given up when nobody waits for them any more', async () => {
    const { service } = await openService();
    const { client } = service;
    const stop = new AbortController();
    const events = await client.files.series(
      { file: await openFile(service), variable: 'forever', box },
      { signal: stop.signal },
    );
    expect(await events.next()).toEqual({ done: false, value: { kind: 'progress', fraction: 0.5 } });
    const ending = events.next();
    stop.abort();
    await expect(ending.then(({ done }) => done)).resolves.toBe(true);
  });
});

describe('uploads', () => {
  it('keep their name, are kept once, and open by token', async () => {
    const { service, workspace } = await openService();
    const upload = () => service.receiveUpload('Ozean größe.nc', Readable.from([Buffer.from('values')]), 6);
    const [{ token }, again] = [await upload(), await upload()];
    expect(again.token).toBe(token);
    const folders = await readdir(join(workspace, 'uploads'));
    expect(folders).toEqual([token]);
    expect(await readdir(join(workspace, 'uploads', token))).toEqual(['Ozean größe.nc']);
    expect(await service.client.files.openToken({ token })).toMatchObject({ summary: { format: 'netcdf4' } });
  });

  it('that are too large, empty, broken off or cunningly named harm nothing', async () => {
    const folder = await temporaryFolder();
    const uploads = openUploads(folder, 10);
    const send = (chunks: string[], bytes: number | null = null, name = 'a.nc') =>
      uploads.receive(name, Readable.from(chunks.map((chunk) => Buffer.from(chunk))), bytes);
    await expect(send(['x'], 11)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(send(['123456', '789012'])).rejects.toMatchObject({ code: 'bad-input' });
    await expect(send([])).rejects.toMatchObject({ message: expect.stringContaining('is empty') });
    const broken = new Readable({
      read() {
        this.push(Buffer.from('part'));
        this.destroy(new Error('connection lost'));
      },
    });
    await expect(uploads.receive('a.nc', broken, null)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    const { token } = await send(['x'], null, '../../evil.nc');
    expect(basename((await uploads.path(token)) ?? '')).toBe('.._.._evil.nc');
    for (const wrong of ['../x', 'upload-', `upload-${'0'.repeat(24)}`])
      expect(await uploads.path(wrong)).toBeNull();
    await mkdir(join(folder, '.incoming-old'));
    await utimes(join(folder, '.incoming-old'), new Date(0), new Date(0));
    await uploads.sweep();
    expect(await readdir(folder)).toEqual([token]);
  });
});

describe('fields', () => {
  it('of files, datasets and forecasts are read once while they are in memory', async () => {
    const { service } = await openService();
    const dataset = await prepareDataset(service);
    const file = await openFile(service, 'b.nc');
    const addresses: [FieldAddress, number][] = [
      [{ kind: 'file', file, variable: 'sst', time: 2, slices: {} }, 2],
      [{ kind: 'dataset', dataset, channel: 0, time: 1 }, 101],
      [{ kind: 'forecast', forecast: 'f', quantity: 'mean', start: 0, lead: 3 }, 203],
    ];
    for (const [address, value] of addresses) {
      const [one, two] = await Promise.all([service.resolveField(address), service.resolveField(address)]);
      expect(one).toMatchObject({ height: 1, width: 2, units: 'degC' });
      expect(one.data).toBeInstanceOf(Float32Array);
      expect(one.data[0]).toBe(value);
      // The second value counts the reads.
      expect(two.data[1]).toBe(one.data[1]);
      expect((await service.resolveField(address)).data[1]).toBe(one.data[1]);
    }
    await expect(
      service.resolveField({ kind: 'forecast', forecast: '../x', quantity: 'mean', start: 0, lead: 0 }),
    ).rejects.toMatchObject({ code: 'bad-input' });
    await expect(
      service.resolveField({ kind: 'file', file: 'unknown', variable: 'sst', time: 0, slices: {} }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('that were not asked for longest leave the memory first', () => {
    const field = (bytes: number) => ({
      data: new Float32Array(bytes / 4),
      height: 1,
      width: bytes / 4,
      units: '',
      range: null,
      date: '',
    });
    const cache = new FieldCache(100);
    cache.put('a', field(40));
    cache.put('b', field(40));
    cache.get('a');
    cache.put('c', field(40));
    expect([cache.get('a'), cache.get('b'), cache.get('c')].map((found) => found !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    cache.put('huge', field(400));
    expect(cache.get('huge')).toBeUndefined();
  });
});

describe('the log', () => {
  it('goes to the workspace', async () => {
    const { service, workspace } = await openService();
    await service.close();
    const [name] = await readdir(join(workspace, 'logs'));
    expect(await readFile(join(workspace, 'logs', name ?? ''), 'utf8')).toContain('The service is open.');
  });
});
