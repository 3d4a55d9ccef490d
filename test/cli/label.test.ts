/** Names, tags and notes by the command line. */
import { describe, expect, it } from 'vitest';
import { terminal } from './terminal.ts';

describe('label', () => {
  it('finds what is named and changes only what is given', async () => {
    const t = terminal();
    expect(
      await t.run('label', 'run', 'first', '--tags', ' baseline, figure 3,baseline', '--note', 'Good.'),
    ).toBe(0);
    expect(t.service.calls.find(({ name }) => name === 'library.label')?.input).toEqual({
      kind: 'run',
      id: 'run-1',
      tags: ['baseline', 'figure 3'],
      note: 'Good.',
    });
    expect(t.out()).toContain('tags: baseline, figure 3');
    const nothing = terminal();
    expect(await nothing.run('label', 'run', 'first')).toBe(1);
    expect(nothing.err()).toMatch(/Nothing was given to change/);
  });
});
