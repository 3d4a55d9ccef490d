/** The demonstration: the verb goes the whole way and leaves everything behind. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completeSettings, type SimulationRequest, simulatorNamed } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { terminal } from './terminal.ts';

describe('the demonstration', () => {
  it('goes all the way and answers one document', async () => {
    const folder = await temporaryFolder();
    const t = terminal();
    t.environment.folder = folder;
    expect(await t.run('demo', '--out', 'here', '--json')).toBe(0);
    const [answer] = t.documents() as { files: Record<string, string>; overall: unknown }[];
    expect(t.documents()).toHaveLength(1);
    expect(answer?.files.data).toBe(join(folder, 'here', 'simulated-ocean.nc'));
    expect((await readFile(answer?.files.scores ?? '')).toString()).toContain('method,lead,members');
    expect(t.workspaces).toEqual([join(folder, 'here', 'workspace')]);
    const asked = t.service.calls.map((call) => call.name);
    const { request } = t.service.calls.find((call) => call.name === 'simulations.start')!.input as {
      request: SimulationRequest;
    };
    const entry = simulatorNamed(simulatorEntries, request.simulator);
    expect(completeSettings(entry, request.settings)).toMatchObject({ days: 1096 });
    for (const name of [
      'simulations.start',
      'datasets.prepare',
      'runs.start',
      'forecasts.start',
      'forecasts.export',
      'verification.run',
    ])
      expect(asked).toContain(name);
    expect(t.err()).toContain('5/5');
  });
});
