/** The verbs that there are, and what all of them offer. */
import { describe, expect, it } from 'vitest';
import { terminal } from './terminal.ts';

const verbs = [
  'demo',
  'doctor',
  'samples',
  'simulate',
  'inspect',
  'prepare',
  'train',
  'forecast',
  'evaluate',
  'compare',
  'tradeoff',
  'list',
  'label',
  'serve',
  'reference',
  'weights',
];

describe('help', () => {
  it('lists exactly the verbs that exist', async () => {
    const t = terminal();
    expect(await t.run('--help')).toBe(0);
    const listed = [...t.out().matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1]);
    expect(listed.filter((verb) => verb !== 'help')).toEqual(verbs);
  });

  it('offers --json and --workspace on every verb', async () => {
    for (const verb of verbs.map((name) => (name === 'weights' ? 'weights export' : name))) {
      const t = terminal();
      await t.run(...verb.split(' '), '--help');
      expect(t.out(), verb).toContain('--json');
      expect(t.out(), verb).toContain('--workspace');
    }
  });
});
