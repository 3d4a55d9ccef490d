/** Simulations through the service, with the stand-in engine: files in their place, or no trace of them. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it } from 'vitest';
import type { Service } from '#main/service/service.ts';
import { sweepStaging } from '#main/service/staging.ts';
import { describeSimulator } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { behaviour } from './fixtures/behaviour.ts';
import { jobEnd, makeResources, openService, useEngine } from './fixtures/open-service.ts';

useEngine();

const request = { simulator: 'spring-mesh', settings: { frames: 10 }, trajectories: 2, seed: 3 };

async function run({ client }: Service, path: string | null, changes: Partial<typeof request> = {}) {
  const { job } = await client.simulations.start({ request: { ...request, ...changes }, path });
  return { job, ended: await jobEnd({ client } as Service, job) };
}

/** Resources with a recipe of two files. */
async function withRecipe(seeds: [number, number]): Promise<string> {
  const resources = await makeResources();
  await mkdir(join(resources, 'recipes'));
  const recipe = {
    name: 'two',
    title: 'Two',
    description: '',
    simulator: 'spring-mesh',
    files: seeds.map((seed, i) => ({
      name: `part-${i}.nc`,
      title: '',
      settings: { frames: 10 },
      trajectories: 1 + i,
      seed,
    })),
  };
  await writeFile(join(resources, 'recipes', 'two.json'), JSON.stringify(recipe));
  await writeFile(join(resources, 'recipes', 'broken.json'), '{}');
  return resources;
}

describe('a simulation', () => {
  it('offers every registered simulator with its settings', async () => {
    const { service } = await openService();
    expect(await service.client.simulations.list()).toEqual(simulatorEntries.map(describeSimulator));
  });

  it('lands where the command line wants it', async () => {
    const { service } = await openService();
    const folder = await temporaryFolder();
    const path = join(folder, 'mesh.nc');
    await writeFile(path, 'an older file');
    const { job, ended } = await run(service, path);
    expect(ended).toMatchObject({ kind: 'simulate', status: 'done', title: 'Simulate Spring mesh' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject(request);
    expect(await readdir(folder)).toEqual(['mesh.nc']);
    expect(await service.client.simulations.result({ job })).toMatchObject({
      simulator: 'spring-mesh',
      system: 'spring-mesh',
      files: [{ name: 'mesh.nc', path, trajectories: 2, steps: 10, seed: 3, bytes: 7 }],
    });
  });

  it('lands in the workspace for a page, which sees a token and no path', async () => {
    const { service, workspace } = await openService();
    const page = createRouterClient(service.router, { context: { trusted: false } });
    const { job } = await page.simulations.start({ request, name: 'My mesh' });
    await jobEnd(service, job);
    const { files } = await page.simulations.result({ job });
    expect(files[0]).toMatchObject({ path: null, name: expect.stringMatching(/^my-mesh-[0-9a-f]+\.nc$/) });
    expect(existsSync(join(workspace, 'simulations', files[0]!.name))).toBe(true);
    const opened = await page.files.openToken({ token: files[0]!.token });
    expect(opened.summary.variables).toHaveLength(1);
    await expect(page.simulations.start({ request, path: '/tmp/x.nc' })).rejects.toMatchObject({
      data: { code: 'unauthorised' },
    });
  });

  it('shows pictures while it runs, stops when asked, and leaves nothing', async () => {
    const { service } = await openService();
    const folder = await temporaryFolder();
    const { client } = service;
    const { job } = await client.simulations.start({
      request: { ...request, seed: behaviour.endless },
      path: join(folder, 'mesh.nc'),
    });
    const pictures = [];
    for await (const picture of await client.simulations.watch({ job })) {
      pictures.push(picture);
      await client.jobs.cancel({ job });
    }
    expect(pictures[0]).toMatchObject({
      frame: 1,
      fields: [{ name: 'qx', values: [behaviour.endless, null] }],
    });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
    await expect(client.simulations.result({ job })).rejects.toMatchObject({ code: 'cancelled' });
    for await (const _ of await client.simulations.watch({ job })) throw new Error('It is over.');
  });

  it('leaves nothing either when its engine dies', async () => {
    const { service } = await openService();
    const folder = await temporaryFolder();
    const { ended } = await run(service, join(folder, 'mesh.nc'), { seed: behaviour.deadly });
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'engine-died' } });
    expect(await readdir(folder)).toEqual([]);
    expect((await run(service, join(folder, 'mesh.nc'))).ended.status).toBe('done');
  });

  it.each([
    [{ simulator: 'none' }, 'There is no simulator "none".'],
    [{ settings: { frames: 0 } }, /^The setting frames of Spring mesh cannot have that value/],
  ])('is refused before it starts: %j', async (changes, message) => {
    const { service } = await openService();
    const start = service.client.simulations.start({
      request: { ...request, ...(changes as Partial<typeof request>) },
      path: null,
    });
    await expect(start).rejects.toMatchObject({
      code: 'bad-input',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });

  it('says where the disk stands in its way', async () => {
    const { service } = await openService();
    const folder = await temporaryFolder();
    const missing = await run(service, join(folder, 'none', 'mesh.nc'));
    expect(missing.ended).toMatchObject({ status: 'failed', error: { code: 'not-found' } });
    await mkdir(join(folder, 'there'));
    const occupied = await run(service, join(folder, 'there'));
    expect(occupied.ended).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
    expect(await readdir(folder)).toEqual(['there']);
  });
});

describe('a recipe', () => {
  it('makes all its files, in a folder that need not exist', async () => {
    const { service } = await openService({ resourcesFolder: await withRecipe([1, 2]) });
    const { client } = service;
    expect((await client.simulations.recipes()).map((recipe) => recipe.name)).toEqual(['two']);
    const folder = join(await temporaryFolder(), 'deep', 'two');
    const { job } = await client.simulations.startRecipe({ recipe: 'two', path: folder });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done', fraction: 1 });
    expect((await readdir(folder)).sort()).toEqual(['part-0.nc', 'part-1.nc']);
    expect(JSON.parse(await readFile(join(folder, 'part-1.nc'), 'utf8'))).toMatchObject({
      seed: 2,
      trajectories: 2,
    });
    const { files, seconds } = await client.simulations.result({ job });
    expect(files.map((file) => basename(file.path ?? ''))).toEqual(['part-0.nc', 'part-1.nc']);
    expect(seconds).toBe(2);
  });

  it('makes all of them or none', async () => {
    const resourcesFolder = await withRecipe([1, behaviour.deadly]);
    const { service } = await openService({ resourcesFolder });
    const folder = await temporaryFolder();
    const path = join(folder, 'new', 'two');
    const { job } = await service.client.simulations.startRecipe({ recipe: 'two', path });
    expect((await jobEnd(service, job)).status).toBe('failed');
    expect(await readdir(folder)).toEqual([]);
  });

  it('that is not there is named with those that are', async () => {
    const { service } = await openService({ resourcesFolder: await withRecipe([1, 2]) });
    await expect(service.client.simulations.startRecipe({ recipe: 'three' })).rejects.toMatchObject({
      code: 'not-found',
      hint: 'Choose one of: two.',
    });
  });
});

describe('leftovers of a killed Driftcast', () => {
  it('are swept once they are old', async () => {
    const folder = await temporaryFolder();
    for (const name of ['.old.nc.1234.tmp', '.new.nc.1234.tmp', 'kept.nc']) await mkdir(join(folder, name));
    const old = new Date(Date.now() - 48 * 3600_000);
    await utimes(join(folder, '.old.nc.1234.tmp'), old, old);
    await utimes(join(folder, 'kept.nc'), old, old);
    await sweepStaging(folder);
    expect((await readdir(folder)).sort()).toEqual(['.new.nc.1234.tmp', 'kept.nc']);
  });
});
