/** How a field is coloured besides its usual colours, and as a few words of the address. */

/** Which values the ends of the colours stand for. Limits that were read off or typed belong to one quantity alone. */
export type ColourRange =
  | { readonly kind: 'whole' | 'symmetric' }
  | {
      readonly kind: 'percentiles' | 'manual';
      readonly min: number;
      readonly max: number;
      readonly of: string;
    };

export interface ColourStyle {
  /** Name of a table; null: the one that suits. */
  readonly table: string | null;
  readonly reversed: boolean;
  /** Number of equal steps; null: smooth. */
  readonly steps: number | null;
  readonly range: ColourRange;
}

export const plainStyle: ColourStyle = {
  table: null,
  reversed: false,
  steps: null,
  range: { kind: 'whole' },
};

export const stepChoices = [5, 8, 10, 12, 16, 20] as const;
/** Shares of the values that are left out at each end. */
export const percentiles = [0.02, 0.98] as const;

/** "balance,reversed,steps 8,manual -2 30 sst"; null for the plain style. */
export function formatStyle({ table, reversed, steps, range }: ColourStyle): string | null {
  const words = [
    table ?? '',
    reversed ? 'reversed' : '',
    steps === null ? '' : `steps ${steps}`,
    'of' in range
      ? `${range.kind} ${range.min} ${range.max} ${range.of}`
      : range.kind === 'whole'
        ? ''
        : range.kind,
  ];
  // A name with a comma is no part of the list.
  const text = words
    .filter((word) => word !== '')
    .map((word) => word.replaceAll(',', ';'))
    .join(',');
  return text === '' ? null : text;
}

/** Whatever cannot be read is left out. */
export function parseStyle(text: string | null, tables: readonly string[]): ColourStyle {
  let style = plainStyle;
  for (const word of (text ?? '').split(',')) {
    const [kind = '', first = '', second = '', ...rest] = word.split(' ');
    const [min, max] = [Number(first), Number(second)];
    if (tables.includes(word)) style = { ...style, table: word };
    else if (word === 'reversed') style = { ...style, reversed: true };
    else if (kind === 'steps' && Number.isInteger(min) && min >= 2 && min <= 64)
      style = { ...style, steps: min };
    else if (word === 'symmetric') style = { ...style, range: { kind: 'symmetric' } };
    else if ((kind === 'manual' || kind === 'percentiles') && second !== '' && min < max)
      style = { ...style, range: { kind, min, max, of: rest.join(' ') } };
  }
  return style;
}

/** The 2nd and 98th percentile of a field's values; null where it has fewer than two different ones. */
export function middleRange(values: ArrayLike<number>): { min: number; max: number } | null {
  // A sample of a large map tells them well enough.
  const stride = Math.max(1, Math.floor(values.length / 50_000));
  const known: number[] = [];
  for (let at = 0; at < values.length; at += stride) {
    const value = values[at]!;
    if (Number.isFinite(value)) known.push(value);
  }
  const sorted = Float64Array.from(known).sort();
  if (sorted.length === 0) return null;
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const [min, max] = [at(percentiles[0]), at(percentiles[1])];
  return min < max ? { min, max } : null;
}
