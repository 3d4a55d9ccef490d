/** The colour tables of resources/colour-maps, decoded, and the choice that suits a quantity. */
import amp from '../../resources/colour-maps/amp.json';
import balance from '../../resources/colour-maps/balance.json';
import tempo from '../../resources/colour-maps/tempo.json';
import thermal from '../../resources/colour-maps/thermal.json';
import viridis from '../../resources/colour-maps/viridis.json';

export const colourTableNames = ['thermal', 'balance', 'amp', 'tempo', 'viridis'] as const;
export type ColourTableName = (typeof colourTableNames)[number];

export interface ColourTable {
  readonly name: ColourTableName;
  readonly diverging: boolean;
  readonly use: string;
  /** 256 × RGBA. */
  readonly rgba: Uint8Array;
}

interface Source {
  kind: string;
  use: string;
  colours: string;
}

const sources: Record<ColourTableName, Source> = { thermal, balance, amp, tempo, viridis };
const decoded = new Map<ColourTableName, ColourTable>();

export function colourTable(name: ColourTableName): ColourTable {
  const known = decoded.get(name);
  if (known) return known;
  const source = sources[name];
  const rgba = new Uint8Array(256 * 4);
  for (let at = 0; at < 256; at += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const from = at * 6 + channel * 2;
      rgba[at * 4 + channel] = Number.parseInt(source.colours.slice(from, from + 2), 16);
    }
    rgba[at * 4 + 3] = 255;
  }
  const table = { name, diverging: source.kind === 'diverging', use: source.use, rgba };
  decoded.set(name, table);
  return table;
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
  const stops: string[] = [];
  for (let at = 0; at < 256; at += 15) {
    const [red, green, blue] = table.rgba.subarray(at * 4, at * 4 + 3);
    stops.push(`rgb(${red} ${green} ${blue})`);
  }
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/** Which table suits a variable, from what its metadata say. */
export function tableFor(variable: {
  name: string;
  longName: string;
  standardName: string;
  units: string;
}): ColourTableName {
  const words = `${variable.standardName} ${variable.name} ${variable.longName}`.toLowerCase();
  if (/anomal|vorticity|difference/.test(words)) return 'balance';
  if (/temperature|sst|thetao|\btos\b|\btas\b/.test(words)) return 'thermal';
  if (/^(deg|k$|kelvin|celsius|°c)/.test(variable.units.trim().toLowerCase())) return 'thermal';
  if (/eastward|northward|velocity|momentum|\bu\b|\bv\b/.test(words)) return 'balance';
  if (/speed|magnitude/.test(words)) return 'tempo';
  return 'viridis';
}
