/** Every word that the window explains has its entry, and a good entry says what a good value looks like. */
import { describe, expect, it } from 'vitest';
import { pageNamed } from '../../../renderer/text/guide.ts';
import { terms } from '../../../renderer/text/terms.ts';

const { sections } = pageNamed('glossary');
const entries = sections.filter(({ depth }) => depth === 2);

describe('the glossary', () => {
  it('has an entry for every word that opens one', () => {
    expect(entries.map(({ anchor }) => anchor)).toEqual(expect.arrayContaining([...terms]));
  });

  it('is in the order of the alphabet', () => {
    const titles = entries.map(({ title }) => title);
    expect(titles).toEqual([...titles].sort((a, b) => a.localeCompare(b, 'en')));
  });

  it.each(['crps', 'rank-histogram', 'spreadskill-ratio', 'validation-crps', 'loss', 'rmse', 'persistence'])(
    'says what a good value of %s looks like',
    (anchor) => {
      expect(entries.find((entry) => entry.anchor === anchor)?.text).toMatch(/Good:/);
    },
  );
});
