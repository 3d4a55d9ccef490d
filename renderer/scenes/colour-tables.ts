/** The colour tables of resources/colour-maps, decoded, and the choice that suits a quantity. */
import amp from '../../resources/colour-maps/amp.json';
import balance from '../../resources/colour-maps/balance.json';
import curl from '../../resources/colour-maps/curl.json';
import deep from '../../resources/colour-maps/deep.json';
import gray from '../../resources/colour-maps/gray.json';
import haline from '../../resources/colour-maps/haline.json';
import ice from '../../resources/colour-maps/ice.json';
import matter from '../../resources/colour-maps/matter.json';
import tempo from '../../resources/colour-maps/tempo.json';
import thermal from '../../resources/colour-maps/thermal.json';
import viridis from '../../resources/colour-maps/viridis.json';

/** A table as its file in resources/colour-maps says it. */
export interface ColourTableSource {
  readonly name: string;
  /** `diverging`: zero belongs into the middle. */
  readonly kind: string;
  /** What it is good for, in a few words. */
  readonly use: string;
  /** 256 colours, six hexadecimal digits each. */
  readonly colours: string;
}

export interface ColourTable {
  readonly name: string;
  readonly diverging: boolean;
  readonly use: string;
  /** 256 × RGBA. */
  readonly rgba: Uint8Array;
}

/** One line a table, in the order of the list in the window. */
const sources: readonly ColourTableSource[] = [
  thermal,
  balance,
  amp,
  tempo,
  viridis,
  haline,
  deep,
  ice,
  matter,
  curl,
  gray,
];
const tables = new Map<string, ColourTable>();
for (const source of sources) registerColourTable(source);

/**
 * Adds a table; the window lists it with the others.
 * @returns takes it away again
 * @throws RangeError for what is no table of 256 colours, or for a name that is taken
 */
export function registerColourTable(source: ColourTableSource): () => void {
  const { name, kind, use, colours } = source;
  if (!/^(?:[0-9a-f]{6}){256}$/i.test(colours))
    throw new RangeError(`The colour table ${name} does not hold 256 colours of six digits each.`);
  if (tables.has(name)) throw new RangeError(`There is a colour table ${name} already.`);
  const rgba = new Uint8Array(256 * 4);
  for (let at = 0; at < 256; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const from = at * 6 + channel * 2;
      rgba[at * 4 + channel] = Number.parseInt(colours.slice(from, from + 2), 16);
    }
    rgba[at * 4 + 3] = 255;
  }
  tables.set(name, { name, diverging: kind === 'diverging', use, rgba });
  return () => void tables.delete(name);
}

export function colourTableNames(): string[] {
  return [...tables.keys()];
}

/** @throws RangeError for a name that no table has */
export function colourTable(name: string): ColourTable {
  const found = tables.get(name);
  if (!found) throw new RangeError(`There is no colour table ${name}.`);
  return found;
}

const styled = new Map<string, ColourTable>();

/** A table from its other end, or in equal steps of one colour each; the same object for the same wishes. */
export function styledTable(table: ColourTable, reversed: boolean, steps: number | null): ColourTable {
  if (!reversed && steps === null) return table;
  const name = `${table.name}${reversed ? ' reversed' : ''}${steps === null ? '' : ` in ${steps} steps`}`;
  const known = styled.get(name);
  if (known) return known;
  const rgba = new Uint8Array(256 * 4);
  for (let at = 0; at < 256; at += 1) {
    // The first and the last step have the colours of the ends.
    const step = steps === null ? at : Math.round((Math.floor((at * steps) / 256) * 255) / (steps - 1));
    const from = (reversed ? 255 - step : step) * 4;
    rgba.set(table.rgba.subarray(from, from + 4), at * 4);
  }
  const made = { ...table, name, rgba };
  styled.set(name, made);
  return made;
}

/** The index of the colour that the shader picks for a value: the same sum, so that tests and bars agree. */
export function colourIndex(value: number, min: number, max: number): number {
  const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
  return Math.floor(share * 255 + 0.5);
}

export function colourOf(
  table: ColourTable,
  value: number,
  min: number,
  max: number,
): [number, number, number] {
  const at = colourIndex(value, min, max) * 4;
  return [table.rgba[at] ?? 0, table.rgba[at + 1] ?? 0, table.rgba[at + 2] ?? 0];
}

/** A CSS gradient of the table for colour bars and previews. */
export function gradient(table: ColourTable): string {
  const colourAt = (at: number) => {
    const [red, green, blue] = table.rgba.subarray(at * 4, at * 4 + 3);
    return `rgb(${red} ${green} ${blue})`;
  };
  const stops: string[] = [];
  for (let at = 0; at < 256; at += 15) stops.push(`${colourAt(at)} ${((at / 255) * 100).toFixed(1)}%`);
  // Where the colour changes at once, as between steps, the gradient does so too.
  const jumps = jumpsOf(table);
  if (jumps.length > 0) {
    stops.length = 0;
    for (const [number, at] of [0, ...jumps].entries())
      stops.push(`${colourAt(at)} ${percent(at)} ${percent(jumps[number] ?? 256)}`);
  }
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

const percent = (at: number) => `${((at / 256) * 100).toFixed(2)}%`;

/** First indices of the steps of a table in steps; none for a smooth one. */
function jumpsOf({ name, rgba }: ColourTable): number[] {
  if (!/ steps$/.test(name)) return [];
  const same = (a: number, b: number) => [0, 1, 2].every((c) => rgba[a * 4 + c] === rgba[b * 4 + c]);
  return Array.from({ length: 255 }, (_, at) => at + 1).filter((at) => !same(at, at - 1));
}

/** Which table suits a variable, from what its metadata say. */
export function tableFor(variable: {
  name: string;
  longName: string;
  standardName: string;
  units: string;
}): string {
  const words = `${variable.standardName} ${variable.name} ${variable.longName}`.toLowerCase();
  if (/anomal|vorticity|difference/.test(words)) return 'balance';
  if (/temperature|sst|thetao|\btos\b|\btas\b/.test(words)) return 'thermal';
  if (/^(deg|k$|kelvin|celsius|°c)/.test(variable.units.trim().toLowerCase())) return 'thermal';
  if (/eastward|northward|velocity|momentum|\bu\b|\bv\b/.test(words)) return 'balance';
  if (/speed|magnitude/.test(words)) return 'tempo';
  if (/salinity/.test(words)) return 'haline';
  if (/depth|thickness/.test(words)) return 'deep';
  if (/concentration|chlorophyll/.test(words)) return 'matter';
  return 'viridis';
}
