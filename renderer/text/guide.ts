/** The pages of the guide, which are the documents of the project, and the search through them. */
import contract from '../../resources/docs/contract.md?raw';
import data from '../../resources/docs/data.md?raw';
import glossary from '../../resources/docs/glossary.md?raw';
import method from '../../resources/docs/method.md?raw';
import remote from '../../resources/docs/remote.md?raw';
import scores from '../../resources/docs/scores.md?raw';
import security from '../../resources/docs/security.md?raw';
import troubleshooting from '../../resources/docs/troubleshooting.md?raw';
import guide from '../../resources/docs/user-guide.md?raw';
import { type MarkdownDocument, parseMarkdown, type Section } from './markdown.ts';

export interface GuidePage extends MarkdownDocument {
  /** Name of its file without the ending: what links and the address call it. */
  name: string;
}

const texts = {
  'user-guide': guide,
  data,
  method,
  glossary,
  troubleshooting,
  scores,
  remote,
  security,
  contract,
};

/** In the order in which they are listed; the first is where the guide opens. */
export const guidePages: readonly GuidePage[] = Object.entries(texts).map(([name, text]) => ({
  name,
  ...parseMarkdown(text),
}));

export function pageNamed(name: string | null): GuidePage {
  return guidePages.find((page) => page.name === name) ?? guidePages[0]!;
}

export type LinkTarget =
  | { kind: 'page'; page: string; section: string | null }
  /** Out of the app, where nothing leads: its address is shown. */
  | { kind: 'address'; address: string }
  /** A file that does not come along. */
  | { kind: 'none' };

/** Where a link in a page leads. */
export function linkTarget(href: string, from: string): LinkTarget {
  if (/^https?:\/\//.test(href)) return { kind: 'address', address: href };
  const [path = '', fragment = ''] = href.split('#', 2);
  const page = path === '' ? from : path.replace(/\.md$/, '');
  if (!guidePages.some(({ name }) => name === page)) return { kind: 'none' };
  return { kind: 'page', page, section: fragment || null };
}

export interface Hit {
  page: GuidePage;
  section: Section;
  /** The words around the first match. */
  excerpt: string;
}

const EXCERPT = 90;

/** Sections that hold all the words asked for; those with all of them in the heading first. */
export function searchGuide(asked: string, most = 40): Hit[] {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: (Hit & { rank: number })[] = [];
  for (const page of guidePages)
    for (const section of page.sections) {
      const [title, text] = [section.title.toLowerCase(), section.text.toLowerCase()];
      if (!words.every((word) => title.includes(word) || text.includes(word))) continue;
      const at = Math.max(0, text.indexOf(words.find((word) => text.includes(word)) ?? ''));
      const from = at <= EXCERPT / 3 ? 0 : section.text.lastIndexOf(' ', at - EXCERPT / 3) + 1;
      const to = from + EXCERPT;
      const cut = section.text.slice(from, to);
      hits.push({
        page,
        section,
        excerpt: `${from > 0 ? '… ' : ''}${cut}${to < section.text.length ? ' …' : ''}`,
        rank: words.every((word) => title.includes(word)) ? 0 : 1,
      });
    }
  return hits.sort((a, b) => a.rank - b.rank).slice(0, most);
}
