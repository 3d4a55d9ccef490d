/** Each verb against a stand-in service: what it asks, the JSON it answers, its exit code. */

import { describe, expect, it } from 'vitest';
import { splitStarts } from '#main/cli/commands/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import { dataset, epoch, job, run } from './samples.ts';
import { terminal } from './terminal.ts';

function inputOf(calls: { name: string; input: unknown }[], name: string): unknown {
  return calls.find((call) => call.name === name)?.input;
}

describe('the JSON shapes that other programs rely on', () => {
  it('inspect', async () => {
    const t = terminal();
    expect(await t.run('inspect', 'sst.nc', '--json')).toBe(0);
    const [answer] = t.documents() as { format: string; variables: Record<string, unknown>[] }[];
    expect(answer?.format).toBe('netcdf4');
    expect(Object.keys(answer?.variables[0] ?? {})).toEqual(
      expect.arrayContaining([
        ...['name', 'shape', 'dims', 'units', 'calendar', 'times', 'missingFraction', 'alwaysMissingCells'],
        ...['min', 'max', 'mean', 'forecastable'],
      ]),
    );
    expect(inputOf(t.service.calls, 'files.openSeries')).toMatchObject({
      paths: ['/somewhere/sst.nc'],
      statistics: true,
    });
  });

  it('doctor, in the chosen workspace, closing the service afterwards', async () => {
    const t = terminal();
    expect(await t.run('doctor', '--json', '--workspace', 'mine')).toBe(0);
    expect(t.documents()).toEqual([
      expect.objectContaining({
        backends: expect.any(Array),
        electron: expect.any(Object),
        versions: expect.any(Object),
      }),
    ]);
    expect(t.workspaces).toEqual(['/somewhere/mine']);
    expect(t.service.closed).toBe(true);
  });

  it('train: a line an epoch, then the summary', async () => {
    const t = terminal();
    t.service.epochs = [epoch(1), epoch(2), epoch(3)];
    expect(await t.run('train', '--dataset', 'pacific', '--preset', 'small', '--json')).toBe(0);
    const lines = t.documents() as Record<string, unknown>[];
    expect(lines.slice(0, -1).map((line) => line.epoch)).toEqual([1, 2, 3]);
    expect(lines.at(-1)).toEqual({
      run: 'run-1',
      status: 'finished',
      epochs: 20,
      bestValidationCrps: 0.31,
      seconds: 61.5,
    });
  });

  it('evaluate', async () => {
    const t = terminal();
    expect(await t.run('evaluate', '--run', 'first', '--split', 'test', '--json')).toBe(0);
    const [answer] = t.documents() as Record<string, unknown>[];
    expect(Object.keys(answer ?? {})).toEqual(
      expect.arrayContaining(['members', 'starts', 'units', 'overall', 'byLead', 'rankHistogram', 'methods']),
    );
    expect(answer?.overall).toMatchObject({
      fairCrps: 0.25,
      correctedSsr: 0.9,
      mse: 0.16,
      rmse: 0.4,
      paper: { crps: 0.26, ssr: 0.85, mse: 0.16 },
    });
    expect(inputOf(t.service.calls, 'verification.run')).toMatchObject({ run: 'run-1', split: 'test' });
  });

  it('reference: skipped cases are no failures', async () => {
    const t = terminal();
    expect(await t.run('reference', '../cases', '--json')).toBe(0);
    expect(t.documents()).toEqual([
      { cases: expect.arrayContaining([{ name: 'unet_resnet', error: 1e-7, tolerance: 1e-5, ok: true }]) },
    ]);
    expect(inputOf(t.service.calls, 'reference.start')).toEqual({ path: '/cases' });
  });

  it('weights, list, forecast and prepare answer one document each', async () => {
    for (const words of [
      ['weights', 'export', 'first', 'w.safetensors'],
      ['weights', 'import', 'run-1', 'w.safetensors'],
      ['list'],
      ['list', 'runs'],
      ['forecast', '--run', 'first', '--out', 'f.nc'],
      ['prepare', 'sst.nc', '--name', 'pacific'],
    ]) {
      const t = terminal();
      expect(await t.run(...words, '--json'), words.join(' ')).toBe(0);
      expect(t.documents(), words.join(' ')).toHaveLength(1);
    }
  });
});

describe('what the verbs ask for', () => {
  it('prepare turns words into settings', async () => {
    const t = terminal();
    const code = await t.run(
      ...['prepare', 'a.nc', 'b.nc', '--name', 'box', '--variable', 'sst', '--region=-20,20,190,250'],
      ...[
        '--period',
        '1990..',
        '--horizon',
        '6',
        '--normalisation',
        'per-cell',
        '--extra',
        'season,land-mask',
      ],
      ...['--split', 'train=2010-01..2017-06,validation=2017-07..2018-12,test=2019-01..2020-08'],
      ...['--slice', 'depth=10', '--max-gap', '1'],
    );
    expect(code).toBe(0);
    expect(inputOf(t.service.calls, 'datasets.prepare')).toEqual({
      files: ['file-a.nc'],
      name: 'box',
      settings: {
        variables: ['sst'],
        region: { kind: 'box', south: -20, north: 20, west: 190, east: 250 },
        period: { from: '1990', to: null },
        split: {
          kind: 'periods',
          train: { from: '2010-01', to: '2017-06' },
          validation: { from: '2017-07', to: '2018-12' },
          test: { from: '2019-01', to: '2020-08' },
        },
        horizon: 6,
        normalisation: 'per-cell',
        maxGapFill: 1,
        extraChannels: ['season', 'land-mask'],
        slices: { depth: 2 },
      },
    });
  });

  it('prepare counts trajectories out, names masks and thins windows', async () => {
    const t = terminal();
    const words = ['prepare', 'a.nc', '--name', 'box', '--split', 'trajectories:100,2,5', '--stride', '4'];
    expect(await t.run(...words, '--masks', 'fixed_mask,obstacle_mask')).toBe(0);
    expect(inputOf(t.service.calls, 'datasets.prepare')).toMatchObject({
      settings: {
        split: { kind: 'trajectories', train: 100, validation: 2, test: 5 },
        masks: ['fixed_mask', 'obstacle_mask'],
        stride: 4,
      },
    });
    const none = terminal();
    expect(await none.run('prepare', 'a.nc', '--name', 'box', '--masks', 'none')).toBe(0);
    expect(inputOf(none.service.calls, 'datasets.prepare')).toMatchObject({ settings: { masks: [] } });
  });

  it('prepare takes the only variable that can be forecast and the usual split', async () => {
    const t = terminal();
    expect(await t.run('prepare', 'a.nc', '--name', 'box')).toBe(0);
    expect(inputOf(t.service.calls, 'datasets.prepare')).toMatchObject({
      settings: {
        variables: ['sst'],
        region: { kind: 'whole' },
        split: { kind: 'fractions', train: 0.7 },
        horizon: 7,
      },
    });
  });

  it('forecasts of a split of trajectories start where their truth lies in the same one', () => {
    const data = dataset();
    const { summary } = data;
    const test = { ...summary.splits.test, firstTime: 20, endTime: 40 };
    const runs = {
      ...data,
      summary: { ...summary, trajectories: { count: 4, length: 10 }, splits: { ...summary.splits, test } },
    };
    expect(splitStarts(runs, 'test', 7)).toEqual([20, 21, 22, 30, 31, 32]);
    expect(() => splitStarts(runs, 'test', 10)).toThrow(
      /10 times in each trajectory, too few for a horizon of 10/,
    );
  });

  it('train changes the preset by dotted paths and short options', async () => {
    const t = terminal();
    const code = await t.run(
      ...['train', '--dataset', 'pacific-1', '--preset', 'small', '--epochs', '3,4', '--seed', '9'],
      ...['--set', 'interpolator.dropout.block=0.2', '--set', 'network.dimMults=[1,2]', '--name', 'mine'],
      ...['--init', 'first'],
    );
    expect(code).toBe(0);
    expect(inputOf(t.service.calls, 'runs.start')).toMatchObject({
      dataset: 'pacific-1',
      preset: 'sst-small',
      name: 'mine',
      init: 'run-1',
      settings: {
        seed: 9,
        network: { dimMults: [1, 2] },
        interpolator: { epochs: 3, dropout: { block: 0.2 } },
        forecaster: { epochs: 4 },
      },
    });
  });

  it('train --resume prints only the new epochs', async () => {
    const t = terminal();
    t.service.epochs = [epoch(1), epoch(2)];
    const known = t.service.epochs;
    t.service.jobCourse = [job('done', 1)];
    const before = t.run('train', '--resume', 'first', '--json');
    expect(await before).toBe(0);
    expect(t.documents()).toEqual([expect.objectContaining({ run: 'run-1' })]);
    expect(known).toHaveLength(2);
    expect(inputOf(t.service.calls, 'runs.resume')).toEqual({ run: 'run-1' });
  });

  it('forecast: starts by index, date and word, or all of a split', async () => {
    const t = terminal();
    await t.run('forecast', '--run', 'first', '--start', '12', '--start', '2019-01', '--start', 'last');
    expect(inputOf(t.service.calls, 'forecasts.start')).toMatchObject({
      run: 'run-1',
      starts: [12, '2019-01', 'last'],
      members: 20,
      horizon: null,
    });
    const split = terminal();
    await split.run(
      'forecast',
      '--run',
      'first',
      '--split',
      'test',
      '--lead-times',
      '0.5,1.5',
      '--members',
      '3',
    );
    expect(inputOf(split.service.calls, 'forecasts.start')).toMatchObject({
      starts: [90, 91, 92, 93, 94],
      leadTimes: [0.5, 1.5],
      members: 3,
    });
  });

  it('forecast --out exports to an absolute path', async () => {
    const t = terminal();
    await t.run('forecast', '--run', 'first', '--out', 'out/f.nc');
    expect(inputOf(t.service.calls, 'forecasts.export')).toEqual({
      forecast: 'forecast-1',
      path: '/somewhere/out/f.nc',
    });
  });

  it('evaluate takes files, or a forecast of the workspace by name', async () => {
    const files = terminal();
    await files.run('evaluate', '--forecast', 'a.nc', 'b.nc', '--truth', 't.nc');
    expect(inputOf(files.service.calls, 'verification.files')).toEqual({
      forecasts: ['/somewhere/a.nc', '/somewhere/b.nc'],
      truth: '/somewhere/t.nc',
    });
    const stored = terminal();
    await stored.run('evaluate', '--forecast', 'spring');
    expect(inputOf(stored.service.calls, 'verification.forecast')).toEqual({ forecast: 'forecast-1' });
  });

  it('serve passes everything on', async () => {
    const t = terminal();
    expect(await t.run('serve', '--port', '4000', '--no-open', '--json', '--workspace', 'w', 'a.nc')).toBe(0);
    expect(await t.run('serve', '--host', '0.0.0.0', '--tls-cert', 'c.pem', '--tls-key', '/k.pem')).toBe(0);
    const here = { host: null, tlsCert: null, tlsKey: null };
    expect(t.served).toEqual([
      { workspace: '/somewhere/w', port: 4000, open: false, json: true, files: ['/somewhere/a.nc'], ...here },
      {
        ...{ workspace: null, port: null, open: true, json: false, files: [] },
        ...{ host: '0.0.0.0', tlsCert: '/somewhere/c.pem', tlsKey: '/k.pem' },
      },
    ]);
  });
});

describe('failures', () => {
  it.each([
    [['train', '--preset', 'small'], 'bad-input', /needs a dataset/],
    [['train', '--dataset', 'atlantic', '--preset', 'small'], 'not-found', /no dataset atlantic/],
    [['train', '--dataset', 'pacific', '--preset', 'huge'], 'not-found', /no preset huge/],
    [
      ['train', '--dataset', 'pacific', '--preset', 'small', '--set', 'forecaster.rate=1'],
      'bad-input',
      /no setting/,
    ],
    [['train', '--dataset', 'pacific', '--preset', 'small', '--set', 'patience=-1'], 'bad-input', /patience/],
    [
      ['train', '--dataset', 'pacific', '--preset', 'small', '--set', '__proto__.x=1'],
      'bad-input',
      /no setting/,
    ],
    [['train', '--resume', 'first', '--seed', '3'], 'bad-input', /keeps its settings/],
    [['forecast', '--run', 'first', '--start', '1', '--split', 'test'], 'bad-input', /cannot both/],
    [['forecast', '--run', 'first', '--members', 'many'], 'bad-input', /--members many/],
    [['forecast', '--run', 'first', '--split', 'test', '--horizon', '50'], 'bad-input', /too few/],
    [['prepare', 'a.nc', '--name', 'x', '--region', '20,10,0,5'], 'bad-input', /south/],
    [['prepare', 'a.nc', '--name', 'x', '--split', '0.9,0.9,0.9'], 'bad-input', /neither three/],
    [['evaluate'], 'bad-input', /what to evaluate/],
    [['evaluate', '--run', 'first', '--truth', 'x'], 'bad-input', /cannot be given with/],
    [['list', 'everything'], 'bad-input', /not known/],
    [['inspect'], 'bad-input', /missing required argument/i],
    [['imagine', 'ocean'], 'bad-input', /unknown command/i],
    [['doctor', '--loud'], 'bad-input', /unknown option/i],
  ])('%j is refused with one sentence', async (words, code, message) => {
    const t = terminal();
    expect(await t.run(...words, '--json')).toBe(1);
    const [answer] = t.documents() as { error: { code: string; message: string; hint: string } }[];
    expect(answer?.error.code).toBe(code);
    expect(answer?.error.message).toMatch(message);
    expect(Object.keys(answer?.error ?? {})).toEqual(['code', 'message', 'hint']);
    expect(t.err()).toContain(answer?.error.message);
  });

  it("the service's own errors keep code and hint", async () => {
    const t = terminal();
    t.service.openError = new DriftcastError('damaged-file', 'a.nc is cut short.', 'Copy it again.');
    expect(await t.run('inspect', 'a.nc', '--json')).toBe(1);
    expect(t.documents()).toEqual([
      { error: { code: 'damaged-file', message: 'a.nc is cut short.', hint: 'Copy it again.' } },
    ]);
    expect(t.service.closed).toBe(true);
  });

  it('without --json nothing but the sentences appears, on stderr', async () => {
    const t = terminal();
    t.service.openError = new DriftcastError('damaged-file', 'a.nc is cut short.', 'Copy it again.');
    expect(await t.run('inspect', 'a.nc')).toBe(1);
    expect(t.out()).toBe('');
    expect(t.err()).toBe('a.nc is cut short.\nCopy it again.\n');
  });

  it("a failed job's error is the command's", async () => {
    const t = terminal();
    t.service.jobCourse = [
      {
        ...job('failed', 0.2),
        error: { code: 'diverged', message: 'The loss is not a number.', hint: 'Lower it.' },
      },
    ];
    expect(await t.run('train', '--dataset', 'pacific', '--preset', 'small', '--json')).toBe(1);
    expect(t.documents().at(-1)).toEqual({
      error: { code: 'diverged', message: 'The loss is not a number.', hint: 'Lower it.' },
    });
  });

  it('two runs of one name must be told apart by id', async () => {
    const t = terminal();
    t.service.runs = [run(), { ...run(), id: 'run-2' }];
    expect(await t.run('forecast', '--run', 'first', '--json')).toBe(1);
    expect(t.documents()).toEqual([{ error: expect.objectContaining({ code: 'conflict' }) }]);
  });
});

describe('Ctrl-C', () => {
  /** Presses as soon as a command listens. */
  async function pressWhenListening(t: ReturnType<typeof terminal>): Promise<void> {
    while (!t.pressCtrlC()) await new Promise((resolve) => setImmediate(resolve));
  }

  it('cancels a job', async () => {
    const t = terminal();
    t.service.holdJobs = true;
    t.service.jobCourse = [job('running', 0.1), job('cancelled', 0.1)];
    const code = t.run('forecast', '--run', 'first', '--json');
    await pressWhenListening(t);
    expect(await code).toBe(1);
    expect(t.documents()).toEqual([{ error: expect.objectContaining({ code: 'cancelled' }) }]);
    expect(t.service.calls.map((call) => call.name)).toContain('jobs.cancel');
    expect(t.service.closed).toBe(true);
  });

  it('pauses training and says how to go on', async () => {
    const t = terminal();
    t.service.holdJobs = true;
    const code = t.run('train', '--dataset', 'pacific', '--preset', 'small', '--json');
    await pressWhenListening(t);
    expect(await code).toBe(1);
    expect(t.documents().at(-1)).toEqual({
      error: expect.objectContaining({ code: 'cancelled', hint: expect.stringContaining('--resume run-1') }),
    });
    const names = t.service.calls.map((call) => call.name);
    expect(names).toContain('runs.pause');
    expect(names).not.toContain('jobs.cancel');
  });
});
