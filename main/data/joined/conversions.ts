/** Linear conversions between units of the same quantity, for files of one series that state it differently. */
import { formatUnits } from '#shared/units.ts';

export interface Conversion {
  readonly scale: number;
  readonly offset: number;
}

/** Units of a family by their size in its first one, and their zero where that is another. */
const families: readonly Readonly<Record<string, readonly [scale: number, offset: number]>>[] = [
  { k: [1, 0], '°c': [1, 273.15], '°f': [5 / 9, 459.67 * (5 / 9)], degf: [5 / 9, 459.67 * (5 / 9)] },
  { m: [1, 0], cm: [0.01, 0], mm: [0.001, 0], km: [1000, 0] },
  { 'm/s': [1, 0], 'cm/s': [0.01, 0], 'cm s-1': [0.01, 0], 'km/h': [1 / 3.6, 0], kt: [1852 / 3600, 0] },
  {
    pa: [1, 0],
    hpa: [100, 0],
    kpa: [1000, 0],
    mbar: [100, 0],
    millibars: [100, 0],
    bar: [1e5, 0],
    dbar: [1e4, 0],
  },
  {
    '': [1, 0],
    '%': [0.01, 0],
    percent: [0.01, 0],
    'g/kg': [0.001, 0],
    'g kg-1': [0.001, 0],
    'kg kg-1': [1, 0],
  },
];

const same: Conversion = { scale: 1, offset: 0 };

const synonyms: Record<string, string> = {
  meter: 'm',
  meters: 'm',
  metre: 'm',
  metres: 'm',
  'm.s-1': 'm/s',
  'meters/second': 'm/s',
  c: '°c',
  degreec: '°c',
  percent: '%',
  none: '',
  dimensionless: '',
};

function normalise(units: string): string {
  const written = formatUnits(units).toLowerCase().replace(/\s+/g, ' ');
  return synonyms[written] ?? written;
}

/** How values in `from` become values in `to`: x · scale + offset; null where the two do not measure the same. */
export function conversionOf(from: string, to: string): Conversion | null {
  const [a, b] = [normalise(from), normalise(to)];
  if (a === b) return same;
  for (const family of families) {
    const [own, other] = [family[a], family[b]];
    if (own && other) return { scale: own[0] / other[0], offset: (own[1] - other[1]) / other[0] };
  }
  return null;
}
