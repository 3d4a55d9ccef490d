import { describe, expect, it } from 'vitest';
import { tally, tallyLine } from '../../main/setup/tally.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((t) => ({ status: t })),
});

describe('the count of the tests', () => {
  it.each([
    [
      'all kinds',
      [file('failed', 'passed', 'failed'), file('passed', 'pending', 'todo', 'skipped', 'passed')],
      1,
      '2 passed, 1 failed, 3 skipped',
    ],
    [
      'a file that does not load',
      [file('failed'), file('passed', 'passed')],
      1,
      '1 passed, 1 failed, 0 skipped',
    ],
    ['an error outside of any test', [file('passed', 'passed')], 1, '1 passed, 1 failed, 0 skipped'],
    ['no test at all', [], 0, '0 passed, 1 failed, 0 skipped'],
    ['nothing but skipped tests', [file('passed', 'skipped')], 0, '0 passed, 1 failed, 1 skipped'],
  ])('with %s', (_name, testResults, code, line) => {
    expect(tallyLine(tally({ testResults }, code))).toBe(line);
  });

  it('is a failure where the run wrote no report', () => {
    expect(tallyLine(tally(null, 1))).toBe('0 passed, 1 failed, 0 skipped');
  });
});
