/** Documents in Markdown as tokens: components draw them, so no HTML is ever made from text. */
import { lexer, type Token, type Tokens } from 'marked';

/** A heading with all that follows it, up to the next heading of any rank. */
export interface Section {
  /** As in a link's fragment: the heading in lower case, words joined by hyphens; a second one of the same words ends in -1. */
  anchor: string;
  title: string;
  depth: number;
  blocks: Token[];
  /** All its words, for the search. */
  text: string;
}

export interface MarkdownDocument {
  /** Its first heading. */
  title: string;
  sections: Section[];
}

export function parseMarkdown(text: string): MarkdownDocument {
  const sections: Section[] = [];
  const seen = new Map<string, number>();
  for (const block of lexer(text)) {
    if (block.type === 'space') continue;
    if (block.type === 'heading') {
      const { depth, tokens } = block as Tokens.Heading;
      const title = plainText(tokens);
      const anchor = anchorOf(title);
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      const own = before === 0 ? anchor : `${anchor}-${before}`;
      sections.push({ anchor: own, title, depth, blocks: [], text: '' });
      continue;
    }
    if (sections.length === 0) sections.push({ anchor: '', title: '', depth: 1, blocks: [], text: '' });
    sections.at(-1)!.blocks.push(block);
  }
  for (const section of sections) section.text = plainText(section.blocks);
  return { title: sections.find(({ title }) => title !== '')?.title ?? '', sections };
}

/** As GitHub forms them, so that links work in both places. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/** What remains when all marks are taken away; cells and items are set apart by blanks. */
export function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table;
        return [header, ...rows].flatMap((row) => row.map((cell) => plainText(cell.tokens))).join(' ');
      }
      if (token.type === 'list')
        return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join(' ');
      if (token.type === 'br' || token.type === 'space') return ' ';
      const inner = (token as { tokens?: Token[] }).tokens;
      return inner ? plainText(inner) : ((token as { text?: string }).text ?? '');
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}
