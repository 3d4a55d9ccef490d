/** Pieces of HTML and SVG as text: everything that comes from data is escaped in one place. */

/** Text that is already HTML; made by `html` alone, so that nothing gets in unescaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = Markup | string | number | null | false | undefined | readonly Piece[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function written(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return '';
  if (piece instanceof Markup) return piece.text;
  if (Array.isArray(piece)) return piece.map(written).join('');
  return String(piece).replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);
}

/** A template whose values are escaped unless they are markup; lists are joined, null and false leave nothing. */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Markup {
  return new Markup(
    parts.reduce((text, part, i) => text + (i === 0 ? '' : written(values[i - 1])) + part, ''),
  );
}

/** A number as a coordinate: two decimals are below what a screen shows. */
export function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}
