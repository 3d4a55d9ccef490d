import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTensorCases } from '#main/engine/reference/tensor-cases.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { sharedFolder } from '../../shared-folder.ts';

beforeAll(async () => {
  await loadBackend();
});

const folderReader = (folder: string) => async (name: string) =>
  existsSync(join(folder, name)) ? new Uint8Array(await readFile(join(folder, name))) : null;

describe.skipIf(sharedFolder() === null)('the published reference cases', () => {
  it('are all reproduced within their tolerances', async () => {
    const before = tf.memory().numTensors;
    const reports = await runTensorCases(folderReader(join(sharedFolder()!, 'reference')));
    const failed = reports.filter((report) => !report.ok || report.skipped);
    expect(failed).toEqual([]);
    expect(reports.length).toBeGreaterThan(20);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('runTensorCases', () => {
  it('reproduces the small cases that come with the code', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'reference');
    const reports = await runTensorCases(folderReader(folder));
    expect(reports.filter((report) => !report.ok)).toEqual([]);
    expect(reports.map((report) => report.name)).toEqual([
      'schedule before_t1_only h=3 extra=4',
      'simple_conv_net',
      'sampling_cold',
      'loss_l1',
      'adamw',
      'scores',
    ]);
  });

  it('reports what cannot be run, and goes on', async () => {
    const files: Record<string, string> = {
      'cases.json': JSON.stringify({
        adamw: { config: {} },
        mystery: {},
        mcvd: { betas_first_last: [1, 2, 3] },
      }),
    };
    const reports = await runTensorCases(async (name) =>
      name in files ? new TextEncoder().encode(files[name]) : null,
    );
    expect(reports.map((r) => [r.name, r.ok, r.skipped ?? false])).toEqual([
      ['adamw', false, false],
      ['mystery', true, true],
      ['mcvd', false, false],
    ]);
    expect(reports[0]!.note).toMatch(/no tensor "inputs.target"/);
    expect(await runTensorCases(async () => null)).toEqual([]);
  });
});
