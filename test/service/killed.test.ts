/** A whole Driftcast in a process of its own that is closed, or killed in the middle of training. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { lockOwner } from '#main/workspace/lock.ts';
import { bundle } from '../bundle.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { behaviour } from './fixtures/behaviour.ts';
import {
  engineEntry,
  jobEnd,
  makeResources,
  openService,
  settings,
  useEngine,
} from './fixtures/open-service.ts';

useEngine();

async function startTraining(ending: 'close' | 'wait') {
  const workspace = await temporaryFolder();
  const program = await bundle(
    join(import.meta.dirname, 'fixtures', 'train-and-wait.ts'),
    await temporaryFolder(),
  );
  const choices = JSON.stringify(settings(behaviour.endless, 2));
  const args = [program, workspace, engineEntry(), await makeResources(), choices, ending];
  const driftcast = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void driftcast.kill('SIGKILL'));
  const [chunk] = (await once(driftcast.stdout, 'data')) as [Buffer];
  return { workspace, driftcast, run: chunk.toString().trim() };
}

describe('a Driftcast in the middle of training', () => {
  it('that is killed leaves no engine behind and a run that goes on from its last checkpoint', async () => {
    const { workspace, driftcast, run } = await startTraining('wait');
    driftcast.kill('SIGKILL');
    await once(driftcast, 'exit');
    const { service } = await openService({ workspaceFolder: workspace });
    const found = await service.client.runs.get({ run });
    expect(found).toMatchObject({ status: 'paused', epochs: 1, problem: expect.stringContaining('resume') });
    const engine = Number(found.versions.engine);
    await vi.waitFor(() => expect(() => process.kill(engine, 0)).toThrow(), {
      timeout: 60_000,
      interval: 20,
    });

    const { job } = await service.client.runs.resume({ run });
    for await (const event of await service.client.runs.watch({ run })) {
      if (event.kind !== 'progress') continue;
      expect(event.epoch).toBe(2);
      break;
    }
    await service.client.runs.finishEarly({ run });
    expect((await jobEnd(service, job)).status).toBe('done');
    expect(await service.client.runs.get({ run })).toMatchObject({ status: 'finished', problem: null });
  });

  it('that is closed pauses the run and ends by itself', async () => {
    const { workspace, driftcast, run } = await startTraining('close');
    const [code] = await once(driftcast, 'exit');
    expect(code).toBe(0);
    expect(await lockOwner(join(workspace, 'runs', run, 'lock'))).toBeNull();
    const { service } = await openService({ workspaceFolder: workspace });
    expect(await service.client.runs.get({ run })).toMatchObject({ status: 'paused', problem: null });
  });
});
