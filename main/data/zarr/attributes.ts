/**
 * Attributes of a Zarr node as those of any data file. JSON has one kind of number, so whole ones count as of the
 * variable's own type. Source: xarray, "Zarr encoding specification"; its FillValueCoder for version 3.
 */
import { type Attributes, type DataAttribute, isNumericType } from '../formats/dataFile.ts';
import type { ZarrArray } from './nodes.ts';

const bookkeeping = new Set([
  '_ARRAY_DIMENSIONS',
  '_FillValue',
  '_nczarr_array',
  '_nczarr_attr',
  '_NCZARR_ATTR',
]);

function toAttribute(value: unknown, type: string): DataAttribute | null {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'string', value: String(value) };
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'number')) {
    const whole = list.every(Number.isInteger) && isNumericType(type);
    return { type: whole ? type : 'float64', value: list };
  }
  if (list.every((item) => typeof item === 'string')) return { type: 'string', value: list.join(' ') };
  return value === null ? null : { type: 'string', value: JSON.stringify(value).slice(0, 4000) };
}

/** A float's fill value as xarray hides it in an attribute: eight bytes in base64. */
function fromBase64(text: string): number | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 8 && bytes.toString('base64') === text ? bytes.readDoubleLE() : null;
}

const special: Record<string, number> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function fillOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') return null;
  return special[value] ?? fromBase64(value);
}

/**
 * `type`: the variable's own. In version 2 an array's fill value marks missing values as `_FillValue` does elsewhere;
 * in version 3 it does not, and the attribute of that name does.
 */
export function zarrAttributes(
  attributes: Readonly<Record<string, unknown>>,
  type: string,
  array?: Pick<ZarrArray, 'version' | 'fill'>,
): Attributes {
  const entries = Object.entries(attributes)
    .filter(([name]) => !bookkeeping.has(name))
    .flatMap(([name, value]): [string, DataAttribute][] => {
      const attribute = toAttribute(value, type);
      return attribute ? [[name, attribute]] : [];
    });
  const stated = attributes._FillValue ?? (array?.version === 2 ? array.fill : undefined);
  const fill = array ? fillOf(stated) : null;
  if (fill !== null)
    entries.push(['_FillValue', { type: isNumericType(type) ? type : 'float64', value: [fill] }]);
  return new Map(entries);
}
