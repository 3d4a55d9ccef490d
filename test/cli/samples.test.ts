/** `driftcast samples` and `driftcast weights pack`: what they ask of the service and what they say. */
import { describe, expect, it } from 'vitest';
import { terminal } from './terminal.ts';

const asked = (t: ReturnType<typeof terminal>, name: string) =>
  t.service.calls.filter((call) => call.name === name).map((call) => call.input);

describe('driftcast samples', () => {
  it('lists what there is, with how good its model was and on what', async () => {
    const t = terminal();
    expect(await t.run('samples')).toBe(0);
    expect(t.out()).toMatch(
      /^spring-mesh {2}Spring mesh\n {2}A mesh that swings\.\n {2}3 trajectories \(2\.05 kB\)\n/,
    );
    expect(t.out()).toMatch(/trained on spring-mesh-small: fair CRPS 0\.0125 on its test split/);
    const other = terminal();
    expect(await other.run('samples', '--json')).toBe(0);
    expect(other.documents()).toMatchObject([{ samples: [{ name: 'spring-mesh', dataset: null }] }]);
  });

  it('opens samples by name and says what to type next', async () => {
    const t = terminal();
    expect(await t.run('samples', 'spring-mesh')).toBe(0);
    expect(asked(t, 'samples.open')).toEqual([{ name: 'spring-mesh' }]);
    expect(t.out()).toMatch(/Next: driftcast forecast --run mesh-model --start 1610/);
  });

  it('says what is missing where there is no model', async () => {
    const t = terminal();
    t.service.sampleRun = null;
    expect(await t.run('samples', 'spring-mesh', 'other', '--json')).toBe(0);
    expect(asked(t, 'samples.open')).toEqual([{ name: 'spring-mesh' }, { name: 'other' }]);
    expect(t.documents()).toMatchObject([{ samples: [{ run: null }, { run: null }] }]);
    const other = terminal();
    other.service.sampleRun = null;
    expect(await other.run('samples', 'spring-mesh')).toBe(0);
    expect(other.out()).toMatch(/Next: driftcast train --dataset spring-mesh-1 --preset small/);
  });
});

describe('driftcast weights pack', () => {
  it('writes a run as a folder', async () => {
    const t = terminal();
    expect(await t.run('weights', 'pack', 'first', 'out', '--json')).toBe(0);
    expect(asked(t, 'runs.pack')).toEqual([{ run: expect.any(String), path: '/somewhere/out' }]);
    expect(t.documents()).toMatchObject([
      { tensors: 5, bytes: 1300, scored: true, folder: '/somewhere/out' },
    ]);
  });
});
