/** What `prepare` accepts in words: regions, periods and splits. */

import type { PrepareSettings, Region } from '#shared/domain/dataset.ts';
import type { FileSummary } from '#shared/domain/file.ts';
import { DriftcastError } from '#shared/errors.ts';

/** `south,north,west,east` in degrees. */
export function parseRegion(text: string): Region {
  const [south, north, west, east] = fourNumbers(text, '--region', 'south,north,west,east');
  if (south >= north) {
    throw new DriftcastError(
      'bad-input',
      `The region ${text} has its south (${south}) at or above its north (${north}).`,
      'Give the region as south,north,west,east in degrees; only west may exceed east.',
    );
  }
  return { kind: 'box', south, north, west, east };
}

/** `firstRow,lastRow,firstColumn,lastColumn`, counted from 0, both ends included. */
export function parseCells(text: string): Region {
  const names = 'firstRow,lastRow,firstColumn,lastColumn';
  const [firstRow, lastRow, firstColumn, lastColumn] = fourNumbers(text, '--cells', names);
  if (![firstRow, lastRow, firstColumn, lastColumn].every((cell) => Number.isInteger(cell) && cell >= 0)) {
    throw new DriftcastError('bad-input', `--cells ${text} must be whole numbers from 0.`, `Give ${names}.`);
  }
  return { kind: 'cells', firstRow, lastRow, firstColumn, lastColumn };
}

/** `from..to`, ISO date prefixes in the file's calendar, either end open. */
export function parsePeriod(text: string): { from: string | null; to: string | null } {
  const ends = text.split('..');
  const [from = '', to = ''] = ends;
  if (ends.length !== 2 || ![from, to].every((end) => end === '' || /^-?\d{1,5}(-\d\d){0,2}/.test(end))) {
    throw new DriftcastError(
      'bad-input',
      `The period ${text} is not of the form from..to.`,
      'Write for instance 2010-01..2017-06; either end may be left out.',
    );
  }
  return { from: from === '' ? null : from, to: to === '' ? null : to };
}

/** `0.7,0.15,0.15`, `trajectories:100,2,5`, or `train=from..to,validation=from..to,test=from..to`. */
export function parseSplit(text: string): PrepareSettings['split'] {
  const counted = /^trajectories:(\d+),(\d+),(\d+)$/.exec(text.replaceAll(' ', ''));
  if (counted) {
    const [train, validation, test] = counted.slice(1).map(Number);
    return { kind: 'trajectories', train: train!, validation: validation!, test: test! };
  }
  if (text.includes('=')) {
    const periods = new Map<string, { from: string | null; to: string | null }>();
    for (const part of text.split(',')) {
      const [name = '', period = ''] = part.split('=', 2);
      periods.set(name.trim(), parsePeriod(period.trim()));
    }
    const [train, validation, test] = ['train', 'validation', 'test'].map((name) => periods.get(name));
    if (periods.size !== 3 || !train || !validation || !test) throw badSplit(text);
    return { kind: 'periods', train, validation, test };
  }
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [train = Number.NaN, validation = Number.NaN, test = Number.NaN] = parts;
  const fits = parts.length === 3 && parts.every((part) => part > 0 && part < 1);
  if (!fits || train + validation + test > 1 + 1e-9) throw badSplit(text);
  return { kind: 'fractions', train, validation, test };
}

/** `resample-mean=1d`, `interpolate=6h`, `split` or `cut`: what to do about irregular times. */
export function parseIrregular(text: string): NonNullable<PrepareSettings['irregular']> {
  const [kind = '', step = ''] = text.split('=', 2).map((word) => word.trim());
  if ((kind === 'split' || kind === 'cut') && step === '') return { kind };
  if ((kind === 'resample-mean' || kind === 'interpolate') && step !== '') return { kind, step };
  throw new DriftcastError(
    'bad-input',
    `--irregular ${text} does not say what to do about irregular times.`,
    'Write resample-mean=1d or interpolate=1d with a step like 6h, 1d or 1mo, or split, or cut.',
  );
}

/** Names with commas between, or `none`. */
export function parseMasks(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  return text.trim() === 'none' ? [] : names.filter((name) => name !== '');
}

/** A choice in a dimension by its coordinate value, or by its index (`#0`) from 0. */
export type SliceChoice = { readonly value: number } | { readonly index: number };

/** `depth=10`, also `depth=10m`, and `depth=#0`: choices for the dimensions that are neither time nor space. */
export function parseSlices(texts: readonly string[]): Record<string, SliceChoice> {
  const slices: Record<string, SliceChoice> = {};
  for (const text of texts) {
    const match =
      /^\s*([^=]+?)\s*=\s*(?:#(\d+)|([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*[^\d\s]*)\s*$/i.exec(text);
    if (!match) {
      throw new DriftcastError(
        'bad-input',
        `--slice ${text} is not of the form dimension=value.`,
        'Write for instance --slice depth=10 for the coordinate 10, or --slice depth=#0 for the first entry.',
      );
    }
    slices[match[1]!] = match[2] === undefined ? { value: Number(match[3]) } : { index: Number(match[2]) };
  }
  return slices;
}

type Axis = FileSummary['variables'][number]['axes'][number];

/** A whole number that is no coordinate of the dimension is taken as an index, as where there are no coordinates. */
function indexIn({ name, size, units, values }: Axis, choice: SliceChoice): number {
  const wanted = 'index' in choice ? choice.index : choice.value;
  if ('value' in choice && values) {
    const found = values.findIndex(
      (value) => value !== null && Math.abs(value - wanted) <= 1e-4 * Math.max(1e-6, Math.abs(value)),
    );
    if (found >= 0) return found;
  }
  if (Number.isInteger(wanted) && wanted >= 0 && wanted < size) return wanted;
  const known = (values ?? [])
    .slice(0, 12)
    .map((value) => (value === null ? '–' : String(Number(value.toPrecision(7)))));
  const more = (values?.length ?? 0) > known.length ? ' …' : '';
  throw new DriftcastError(
    'bad-input',
    'index' in choice
      ? `The dimension ${name} has no index ${wanted}.`
      : `The dimension ${name} has no entry at ${wanted}${units === '' ? '' : ` ${units}`}.`,
    values
      ? `It has ${known.join(', ')}${more}${units === '' ? '' : ` ${units}`}; indices (#0) go from 0 to ${size - 1}.`
      : `Choose an index from 0 to ${size - 1}.`,
  );
}

/** The indices that choices mean in a file. Throws `bad-input` for dimensions and entries that it does not have. */
export function chosenSlices(
  choices: Readonly<Record<string, SliceChoice>>,
  { variables, name: file }: Pick<FileSummary, 'variables' | 'name'>,
): Record<string, number> {
  const axes = variables.flatMap((variable) => variable.axes);
  const entries = Object.entries(choices).map(([name, choice]): [string, number] => {
    const own = axes.filter(
      (axis) => axis.name === name && (axis.role === 'other' || axis.role === 'trajectory'),
    );
    const axis = own.find(({ values }) => values !== undefined) ?? own[0];
    if (axis) return [name, indexIn(axis, choice)];
    const others = new Set(
      axes.filter(({ role }) => role === 'other' || role === 'trajectory').map((a) => a.name),
    );
    throw new DriftcastError(
      'bad-input',
      `${file} has no dimension "${name}" in which something could be chosen.`,
      others.size === 0
        ? 'Its variables lie over time and space alone.'
        : `There are: ${[...others].join(', ')}.`,
    );
  });
  return Object.fromEntries(entries);
}

function fourNumbers(text: string, option: string, names: string): [number, number, number, number] {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [a, b, c, d] = parts;
  if (parts.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined)
    throw new DriftcastError('bad-input', `${option} ${text} is not four numbers.`, `Give ${names}.`);
  if (!parts.every(Number.isFinite))
    throw new DriftcastError('bad-input', `${option} ${text} is not four numbers.`, `Give ${names}.`);
  return [a, b, c, d];
}

function badSplit(text: string): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `The split ${text} is neither three fractions, nor three periods, nor three numbers of trajectories.`,
    'Write 0.7,0.15,0.15 or train=2010-01..2017-06,validation=2017-07..2018-12,test=2019-01..2020-08 or trajectories:100,2,5.',
  );
}
