/** Colour tables for the maps of a report: the same that the window uses. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const tableSchema = z.object({ colours: z.string().regex(/^(?:[0-9a-f]{6})+$/i) });

/** Red, green and blue of each entry, from low to high. */
export type ColourTable = readonly (readonly [number, number, number])[];

export async function readColourTable(resourcesFolder: string, name: string): Promise<ColourTable> {
  const text = await readFile(join(resourcesFolder, 'colour-maps', `${name}.json`), 'utf8');
  const { colours } = tableSchema.parse(JSON.parse(text));
  return (colours.match(/.{6}/g) ?? []).map((entry) => {
    const value = Number.parseInt(entry, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
}
