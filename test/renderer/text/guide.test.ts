/** The guide reads the documents of the project: nothing in them is lost on the way to the window. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Token, Tokens } from 'marked';
import { describe, expect, it } from 'vitest';
import { guidePages, linkTarget, pageNamed, searchGuide } from '../../../renderer/text/guide.ts';
import { anchorOf, parseMarkdown, plainText } from '../../../renderer/text/markdown.ts';

const folder = join(import.meta.dirname, '../../../resources/docs');

/** Every token of a page, with those inside of others. */
function* tokensIn(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token;
    if (token.type === 'list') yield* tokensIn((token as Tokens.List).items);
    else if (token.type === 'table') {
      const { header, rows } = token as Tokens.Table;
      for (const cell of [header, ...rows].flat()) yield* tokensIn(cell.tokens);
    } else yield* tokensIn((token as { tokens?: Token[] }).tokens ?? []);
  }
}

/** What `Blocks.svelte` and `Inline.svelte` have a form for. */
const drawn = /^(paragraph|list|list_item|table|code|space|text|strong|em|codespan|image|link|escape|br)$/;

describe.each(guidePages)('$name', ({ name, title, sections }) => {
  const tokens = [...tokensIn(sections.flatMap(({ blocks }) => blocks))];

  it('has a title, and sections that can be told apart', () => {
    expect(title).not.toBe('');
    const anchors = sections.map(({ anchor }) => anchor);
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('holds only what the window can draw', () => {
    expect([...new Set(tokens.map(({ type }) => type))].filter((type) => !drawn.test(type))).toEqual([]);
  });

  it('links to pages and sections that are there, or out of the app', () => {
    for (const token of tokens.filter(({ type }) => type === 'link')) {
      const target = linkTarget((token as Tokens.Link).href, name);
      expect(target.kind, token.raw).not.toBe('none');
      if (target.kind !== 'page' || target.section === null) continue;
      const anchors = pageNamed(target.page).sections.map(({ anchor }) => anchor);
      expect(anchors, token.raw).toContain(target.section);
    }
  });

  it('shows pictures that are there, each with words for who cannot see it', () => {
    for (const token of tokens.filter(({ type }) => type === 'image')) {
      const { href, text } = token as Tokens.Image;
      expect(existsSync(join(folder, href)), href).toBe(true);
      expect(text).not.toBe('');
    }
  });
});

describe('the search', () => {
  it('finds a section by words of its table, and those named after them first', () => {
    const [first] = searchGuide('scores');
    expect(first?.section.title.toLowerCase()).toContain('scores');
    const hits = searchGuide('Spread error mean');
    expect(hits.map(({ page, section }) => `${page.name}#${section.anchor}`)).toContain('method#scores');
    for (const { excerpt } of hits) expect(excerpt.length).toBeLessThan(100);
  });

  it('finds nothing for nothing, and nothing for words that are not there', () => {
    expect(searchGuide('  ')).toEqual([]);
    expect(searchGuide('xylophone')).toEqual([]);
  });
});

describe('links', () => {
  it('lead to pages, sections of them, or addresses that are only told', () => {
    expect(linkTarget('data.md', 'method')).toEqual({ kind: 'page', page: 'data', section: null });
    expect(linkTarget('#scores', 'method')).toEqual({ kind: 'page', page: 'method', section: 'scores' });
    expect(linkTarget('https://arxiv.org', 'method')).toEqual({
      kind: 'address',
      address: 'https://arxiv.org',
    });
    for (const other of ['../../README.md', 'javascript:alert(1)', 'data:text/html,x'])
      expect(linkTarget(other, 'method')).toEqual({ kind: 'none' });
  });

  it('that name no page open the first', () => {
    expect(pageNamed('nowhere').name).toBe('user-guide');
    expect(pageNamed(null).name).toBe('user-guide');
  });
});

describe('Markdown', () => {
  it('is cut at its headings, with anchors as GitHub has them', () => {
    const { title, sections } = parseMarkdown('# One `x`: A–B\ntext\n## Two\n- a\n- b\n## Two\nc');
    expect(title).toBe('One x: A–B');
    expect(sections.map(({ anchor }) => anchor)).toEqual(['one-x-ab', 'two', 'two-1']);
    expect(sections[1]?.text).toBe('a b');
    expect(anchorOf('What is beyond the paper?')).toBe('what-is-beyond-the-paper');
  });

  it('keeps words that look like HTML as words', () => {
    const [section] = parseMarkdown('a <b onclick="x">b</b> & c').sections;
    expect(plainText(section!.blocks)).toContain('<b onclick="x">');
  });
});
