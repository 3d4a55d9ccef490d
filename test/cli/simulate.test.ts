/** `driftcast simulate`: what it asks of the service, what it answers, and what it refuses. */
import { describe, expect, it } from 'vitest';
import { simulation } from './samples.ts';
import { terminal } from './terminal.ts';

const asked = (t: ReturnType<typeof terminal>, name: string) =>
  t.service.calls.find((call) => call.name === name)?.input;

describe('driftcast simulate', () => {
  it('asks for trajectories and answers one document', async () => {
    const t = terminal();
    const code = await t.run(
      ...[
        'simulate',
        'spring-mesh',
        '--out',
        'mesh.nc',
        '--trajectories',
        '3',
        '--steps',
        '20',
        '--seed',
        '5',
      ],
      ...['--set', 'damping=0.2', '--set', 'displacements=[{"node":[1,2],"dx":1,"dy":0}]', '--json'],
    );
    expect(t.err()).not.toMatch(/error/i);
    expect(code).toBe(0);
    expect(asked(t, 'simulations.start')).toMatchObject({
      path: '/somewhere/mesh.nc',
      format: 'netcdf',
      request: {
        simulator: 'spring-mesh',
        trajectories: 3,
        seed: 5,
        settings: { damping: 0.2, frames: 20, displacements: [{ node: [1, 2], dx: 1, dy: 0 }] },
      },
    });
    expect(t.documents()).toEqual([
      {
        file: '/somewhere/mesh-0.nc',
        system: 'spring-mesh',
        trajectories: 3,
        steps: 805,
        seconds: 1.5,
        bytes: 2048,
        seed: 5,
      },
    ]);
  });

  it('asks for rounded values, and refuses more bits than there are', async () => {
    const t = terminal();
    expect(await t.run('simulate', 'spring-mesh', '--out', 'mesh.nc', '--significant-bits', '10')).toBe(0);
    expect(asked(t, 'simulations.start')).toMatchObject({ request: { significantBits: 10 } });
    expect(await t.run('simulate', 'spring-mesh', '--out', 'mesh.nc', '--significant-bits', '24')).toBe(1);
    expect(t.err()).toMatch(/more than the 23/);
    expect(
      await t.run('simulate', '--recipe', 'spring-mesh-few', '--out', 'few', '--significant-bits', '8'),
    ).toBe(1);
    expect(t.err()).toMatch(/--significant-bits cannot be given with --recipe/);
  });

  it('says in words what came of it', async () => {
    const t = terminal();
    expect(await t.run('simulate', 'spring-mesh', '--out', 'mesh.nc')).toBe(0);
    expect(t.out()).toBe(
      '/somewhere/mesh-0.nc: 3 trajectories of 805 frames (spring-mesh, seed 5), 2.05 kB in 2 s\n',
    );
  });

  it('makes the files of a recipe', async () => {
    const t = terminal();
    t.service.simulation = simulation(2);
    expect(await t.run('simulate', '--recipe', 'spring-mesh-few', '--out', 'few', '--json')).toBe(0);
    expect(asked(t, 'simulations.startRecipe')).toEqual({
      recipe: 'spring-mesh-few',
      format: 'netcdf',
      path: '/somewhere/few',
    });
    expect(t.documents()).toMatchObject([
      { system: 'spring-mesh', seconds: 3, files: [{ file: '/somewhere/mesh-0.nc' }, { seed: 5 }] },
    ]);
  });

  it('lists simulators and recipes', async () => {
    const t = terminal();
    expect(await t.run('simulate', '--list')).toBe(0);
    expect(t.out()).toMatch(/damping +0\.1 +0…1 +Damping/);
    expect(t.out()).toMatch(/few\.nc: few, 3 trajectories \(train 1, validation 1, test 1\), seed 5/);
  });

  it('names every setting in its help', async () => {
    const t = terminal();
    expect(await t.run('simulate', '--help')).toBe(0);
    expect(t.out()).toContain('Settings for --set, by system');
    expect(t.out()).toMatch(/shape +"cloth" +cloth \| lattice +Shape/);
    expect(t.service.calls).toEqual([]);
  });

  it.each([
    [['simulate'], 'A simulation needs a system and --out.'],
    [['simulate', 'spring-mesh'], 'A simulation needs a system and --out.'],
    [['simulate', 'weather', '--out', 'a.nc'], 'There is no simulator "weather".'],
    [
      ['simulate', 'spring-mesh', '--out', 'a.nc', '--set', 'damping'],
      '--set damping is not of the form key=value.',
    ],
    [
      ['simulate', 'spring-mesh', '--out', 'a.nc', '--steps', '5', '--set', 'frames=6'],
      '--steps 5 and --set frames=6 both say how many frames Spring mesh has.',
    ],
    [['simulate', '--recipe', 'few'], 'A recipe needs --out.'],
    [
      ['simulate', 'spring-mesh', '--recipe', 'few', '--out', 'a', '--seed', '2'],
      'A recipe says itself what it makes, so the system spring-mesh, --seed cannot be given with --recipe.',
    ],
    [['simulate', 'spring-mesh', '--out', 'a', '--format', 'csv'], '--format csv is not known.'],
  ])('refuses %j', async (words, message) => {
    const t = terminal();
    expect(await t.run(...words, '--json')).toBe(1);
    expect(t.documents()).toEqual([{ error: expect.objectContaining({ code: 'bad-input', message }) }]);
  });
});
