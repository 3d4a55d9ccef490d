/** The workspace as a whole: folders, ids that can't leave it, lists that survive damage, locks. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openEntities } from '#main/workspace/entities.ts';
import { entityFolder, isId, newId } from '#main/workspace/ids.ts';
import { defaultWorkspaceFolder, openWorkspace } from '#main/workspace/layout.ts';
import { acquireLock, lockOwner } from '#main/workspace/lock.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const forecast = (id: string, created: string): Forecast => ({
  formatVersion: 1,
  id,
  name: 'A forecast',
  created,
  run: 'run-1',
  dataset: 'dataset-1',
  datasetFingerprint: 'f',
  method: 'dyffusion',
  variable: 'sst',
  units: 'degC',
  members: 2,
  leads: [1],
  starts: [{ timeIndex: 0, date: '2000-01-01', validDates: ['2000-02-01'], truth: true }],
  height: 1,
  width: 1,
  latitudes: null,
  longitudes: null,
  seconds: 1,
  networkCalls: 1,
  seed: 1,
  schedule: null,
  valueRange: { min: 0, max: 1, spreadMax: 1, errorMax: 1 },
});

describe('ids', () => {
  it('made from any name are safe folder names of their own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(isId(newId(name))).toBe(true);
        expect(newId(name)).not.toBe(newId(name));
      }),
    );
    expect(newId('Océan Pacifique, 2°')).toMatch(/^ocean-pacifique-2-[0-9a-f]{6}$/);
  });

  it.each(['..', '.', '', 'a/b', 'a\\b', '/etc', '../x', 'C:x', '.hidden', 'a\0b', 'a.', 'x'.repeat(121)])(
    'refuse %j',
    (id) => {
      expect(() => entityFolder('/workspace/runs', id, 'run')).toThrow(/can't be the id of a run/);
    },
  );
});

describe('a label', () => {
  it('is kept apart from what it names, and outlives its rewriting', async () => {
    const entities = openEntities(await openWorkspace(await temporaryFolder()));
    const { id, folder } = await entities.forecasts.create('A forecast');
    const made = forecast(id, '2026-01-01');
    await entities.forecasts.write(id, made);
    expect(await entities.forecasts.read(id)).toEqual(made);
    await entities.forecasts.label(id, { name: 'June', tags: ['paper', 'baseline'] });
    await entities.forecasts.label(id, { note: 'Good.' });
    const label = { name: 'June', tags: ['paper', 'baseline'], note: 'Good.' };
    expect(await entities.forecasts.read(id)).toEqual({ ...made, ...label });
    await entities.forecasts.write(id, { ...made, seed: 2 });
    expect((await entities.forecasts.list()).items).toEqual([{ ...made, seed: 2, ...label }]);
    await writeFile(join(folder, 'label.json'), '{');
    expect(await entities.forecasts.read(id), 'a damaged label costs the label alone').toEqual({
      ...made,
      seed: 2,
    });
    await expect(entities.forecasts.label('nothing', { note: 'x' })).rejects.toThrow(/There is no forecast/);
  });
});

describe('a workspace', () => {
  it('is made with the folders of the design and opens again', async () => {
    const folder = join(await temporaryFolder(), 'new', 'place');
    await openWorkspace(folder);
    const workspace = await openWorkspace(folder);
    expect((await readdir(workspace.folder)).sort()).toEqual([
      'cache',
      'datasets',
      'forecasts',
      'logs',
      'runs',
      'simulations',
      'uploads',
      'workspace.json',
    ]);
  });

  it('says clearly that a file is in the way', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(openWorkspace(join(folder, 'file'))).rejects.toMatchObject({ name: 'DriftcastError' });
  });

  it('lists the newest first and leaves out, but reports, what is damaged', async () => {
    const workspace = await openWorkspace(await temporaryFolder());
    const { forecasts } = openEntities(workspace);
    const ids: string[] = [];
    for (const created of ['2024-01-01', '2024-03-01', '2024-02-01']) {
      const { id } = await forecasts.create('A forecast');
      await forecasts.write(id, forecast(id, created));
      ids.push(id);
    }
    await forecasts.create('Still in the making');
    const damaged = join(forecasts.folder(ids[2]!), 'forecast.json');
    await writeFile(damaged, (await readFile(damaged, 'utf8')).replace('A forecast', 'B forecast'));
    const { items, problems } = await forecasts.list();
    expect(items.map((item) => item.id)).toEqual([ids[1], ids[0]]);
    expect(problems).toMatchObject([{ code: 'damaged-file' }]);

    await forecasts.remove(ids[0]!);
    expect((await forecasts.list()).items.map((item) => item.id)).toEqual([ids[1]]);
    await expect(forecasts.remove(ids[0]!)).rejects.toMatchObject({ code: 'not-found' });
    await expect(forecasts.read('no-such')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lies in the user data folder unless told otherwise', () => {
    if (process.platform === 'linux')
      expect(defaultWorkspaceFolder({ XDG_DATA_HOME: '/data' })).toBe('/data/driftcast');
    expect(defaultWorkspaceFolder({})).toMatch(/driftcast$/i);
  });
});

describe('locks', () => {
  it('are held once and told with their owner', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const lock = await acquireLock(path, 'The run', 'training');
    expect((await lockOwner(path))?.pid).toBe(process.pid);
    await expect(acquireLock(path, 'The run', 'training')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('training'),
    });
    await lock.release();
    await lock.release();
    expect(await lockOwner(path)).toBeNull();
    await (await acquireLock(path, 'The run', 'training')).release();
  });

  it('of a dead process, of a reused process number and damaged ones hold nothing', async () => {
    const folder = await temporaryFolder();
    const program = join(folder, 'program.mjs');
    await writeFile(program, '');
    const child = fork(program);
    await once(child, 'exit');
    const owner = { token: 't', purpose: 'training', since: '2020', host: hostname() };
    const stale = [
      JSON.stringify({ ...owner, pid: child.pid, started: '' }),
      JSON.stringify({ ...owner, pid: process.pid, started: 'some other time' }),
      '{"pid":',
      '',
    ];
    for (const content of stale) {
      const path = join(folder, 'lock');
      await writeFile(path, content);
      expect(await lockOwner(path)).toBeNull();
      const lock = await acquireLock(path, 'The run', 'training');
      expect((await lockOwner(path))?.pid).toBe(process.pid);
      await lock.release();
    }
    expect(await readdir(folder)).toEqual(['program.mjs']);
  });

  it('of another machine count while they are touched', async () => {
    const path = join(await temporaryFolder(), 'lock');
    const owner = {
      pid: 1,
      started: '',
      host: 'elsewhere.example',
      token: 't',
      purpose: 'training',
      since: '2020',
    };
    await writeFile(path, JSON.stringify(owner));
    await expect(acquireLock(path, 'The run', 'training')).rejects.toMatchObject({
      message: expect.stringContaining('elsewhere.example'),
    });
    const longAgo = new Date(Date.now() - 3600_000);
    await utimes(path, longAgo, longAgo);
    await (await acquireLock(path, 'The run', 'training')).release();
  });

  it('go to exactly one of many who find a stale one', async () => {
    const path = join(await temporaryFolder(), 'lock');
    for (let round = 0; round < 60; round++) {
      await writeFile(path, '{}');
      const results = await Promise.allSettled(
        Array.from({ length: 8 }, () => acquireLock(path, 'The run', 'training')),
      );
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(won).toHaveLength(1);
      await won[0]?.release();
    }
  });
});
