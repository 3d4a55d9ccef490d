/** `compare`, `tradeoff` and the choices of `evaluate`: what they ask for and what they answer. */
import { describe, expect, it } from 'vitest';
import { terminal } from './terminal.ts';

function inputOf(calls: { name: string; input: unknown }[], name: string): unknown {
  return calls.find((call) => call.name === name)?.input;
}

describe('compare', () => {
  it('answers a row a method with scores, cost and intervals, and no spectra', async () => {
    const t = terminal();
    expect(await t.run('compare', 'first', '--members', '3', '--starts', '5', '--json')).toBe(0);
    expect(inputOf(t.service.calls, 'comparisons.start')).toEqual({
      runs: ['run-1'],
      split: 'test',
      members: 3,
      starts: 5,
      dataset: null,
      horizon: null,
      schedule: null,
      seed: 1,
      units: 'physical',
      fresh: false,
    });
    const [answer] = t.documents() as { rows: Record<string, unknown>[]; report: unknown }[];
    expect(answer).toMatchObject({ units: 'degC', report: null, settings: { split: 'test' } });
    expect(answer?.rows).toMatchObject([
      {
        method: 'dyffusion',
        run: 'run-1',
        fairCrps: 0.25,
        correctedSsr: 0.9,
        mse: 0.16,
        paper: { crps: 0.26, ssr: 0.85 },
        seconds: 1.5,
        networkCalls: 16,
        parameters: 12345,
        intervals: null,
      },
      { method: 'persistence', run: null, seconds: null },
    ]);
    expect(answer?.rows[0]).not.toHaveProperty('spectra');
  });

  it('writes a report to an absolute path and prints a table with units', async () => {
    const t = terminal();
    expect(await t.run('compare', 'first', '--report', 'out/r.html')).toBe(0);
    expect(inputOf(t.service.calls, 'comparisons.report')).toEqual({
      job: 'job-1',
      path: '/somewhere/out/r.html',
    });
    expect(t.out()).toContain('fair CRPS (degC)');
    expect(t.out()).toContain('MSE (degC²)');
    expect(t.out()).toMatch(/DYffusion +0\.2500/);
    const paper = terminal();
    await paper.run('compare', 'first', '--paper');
    expect(paper.out()).toMatch(/DYffusion +0\.2600/);
  });

  it.each([
    [['compare'], /missing required argument/i],
    [['compare', 'second'], /no run second/],
    [['compare', 'first', '--report', 'r.pdf'], /HTML/],
    [['compare', 'first', '--dataset', 'atlantic'], /no dataset atlantic/],
  ])('%j is refused with one sentence', async (words, message) => {
    const t = terminal();
    expect(await t.run(...words, '--json')).toBe(1);
    const [answer] = t.documents() as { error: { message: string } }[];
    expect(answer?.error.message).toMatch(message);
  });
});

describe('tradeoff', () => {
  it('asks for named schedules, "full" for every step, and answers a point each', async () => {
    const t = terminal();
    expect(await t.run('tradeoff', 'first', '--schedules', 'only_dynamics, full', '--json')).toBe(0);
    expect(inputOf(t.service.calls, 'tradeoffs.start')).toEqual({
      run: 'run-1',
      schedules: ['only_dynamics', null],
      split: 'validation',
      members: 10,
      starts: 8,
      seed: 1,
      horizon: null,
    });
    expect(t.documents()).toMatchObject([
      {
        units: 'degC',
        points: [
          { schedule: 'only_dynamics', seconds: 0.4, networkCalls: 10, fairCrps: 0.25 },
          { schedule: null, seconds: 1.2 },
        ],
      },
    ]);
    const text = terminal();
    await text.run('tradeoff', 'first');
    expect(inputOf(text.service.calls, 'tradeoffs.start')).toMatchObject({ schedules: null });
    expect(text.out()).toMatch(/full +30 +1\.20/);
  });
});

describe('evaluate', () => {
  it('goes beyond the horizon and to other data', async () => {
    const t = terminal();
    await t.run('evaluate', '--run', 'first', '--horizon', '804', '--dataset', 'pacific', '--normalised');
    expect(inputOf(t.service.calls, 'verification.run')).toMatchObject({
      run: 'run-1',
      horizon: 804,
      dataset: 'pacific-1',
      units: 'normalised',
    });
    expect(t.out()).toMatch(/DYffusion +3 .* 1\.5 +16/);
    const wrong = terminal();
    expect(await wrong.run('evaluate', '--forecast', 'a.nc', '--horizon', '3')).toBe(1);
    expect(wrong.err()).toMatch(/--horizon cannot be given with --forecast/);
  });
});
