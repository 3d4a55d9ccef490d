/** Real files that are broken on purpose, through the engine that reads files: refused soon, and for little memory. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createNodeHost } from '#main/engine/host/node-host.ts';
import { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import { DriftcastError } from '#shared/errors.ts';
import { sharedFolder } from '../shared-folder.ts';

const shared = sharedFolder();
const bad =
  shared === null
    ? []
    : readdirSync(join(shared, 'data', 'bad')).map((name) => join(shared, 'data', 'bad', name));
const broken =
  shared === null
    ? []
    : readdirSync(join(shared, 'cases'))
        .filter((name) => name.startsWith('broken_'))
        .map((name) => join(shared, 'cases', name));

describe.skipIf(shared === null)('a broken file', () => {
  const entry = resolve('.build/main/engine.js');
  const engine = new EngineSupervisor({ lane: 'files', host: createNodeHost({ entry, environment: {} }) });
  afterAll(() => engine.dispose());

  it.each([...bad, ...broken])('is handled within two seconds: %s', async (path) => {
    // The start of the process is not the file's.
    await engine.call('inspect', { paths: [join(shared!, 'cases', 'classic.nc')], statistics: false });
    const before = performance.now();
    const ended = await engine
      .call('inspect', { paths: [path], statistics: true })
      .then((summary) => ({ variables: summary.variables.length }))
      .catch((thrown: unknown) => thrown);
    expect(performance.now() - before).toBeLessThan(2000);
    if (ended instanceof Error) {
      expect(ended).toBeInstanceOf(DriftcastError);
      expect(['damaged-file', 'unsupported']).toContain((ended as DriftcastError).code);
      expect(ended.message).toContain(path.split('/').at(-1));
    }
  });

  it.runIf(process.platform === 'linux')('costs no memory to speak of, however large it says it is', () => {
    const status = readFileSync(`/proc/${engine.pid}/status`, 'utf8');
    expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024).toBeLessThan(200);
  });
});
