/** Fields as pictures inside a report: a PNG a map, one pixel a cell, with a colour bar that says what colours mean. */
import { encode } from 'fast-png';
import type { ColourTable } from './colours.ts';
import { html, type Markup } from './html.ts';
import { tickLabel, ticks } from './numbers.ts';

export interface Scale {
  min: number;
  max: number;
  table: ColourTable;
}

/** Limits at round numbers just outside the values of all fields; symmetric about zero where a sign matters. */
export function scaleOver(
  fields: readonly Float32Array[],
  table: ColourTable,
  kind: 'range' | 'zero' | 'signed',
): Scale {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const field of fields)
    for (const value of field) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  if (!(min <= max)) [min, max] = [0, 1];
  if (kind === 'signed') max = Math.max(Math.abs(min), Math.abs(max)) || 1;
  if (kind === 'signed') min = -max;
  if (kind === 'zero') min = 0;
  if (!(max > min)) max = min + 1;
  const rough = (max - min) / 12;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  const clean = (value: number) => Number(value.toPrecision(10));
  return { min: clean(Math.floor(min / step) * step), max: clean(Math.ceil(max / step) * step), table };
}

/** A field [height, width] as a data address of a PNG; missing cells are transparent. */
export function mapPicture(
  field: Float32Array,
  { height, width, northFirst }: { height: number; width: number; northFirst: boolean },
  { min, max, table }: Scale,
): string {
  const data = new Uint8Array(height * width * 4);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const value = field[(northFirst ? row : height - 1 - row) * width + column]!;
      if (Number.isNaN(value)) continue;
      const share = Math.min(1, Math.max(0, (value - min) / (max - min)));
      const [red, green, blue] = table[Math.round(share * (table.length - 1))]!;
      data.set([red, green, blue, 255], (row * width + column) * 4);
    }
  const png = encode({ width, height, data, channels: 4 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** The scale as a bar with its ticks and what it measures. */
export function colourBar({ min, max, table }: Scale, label: string): Markup {
  const stops = Array.from({ length: 17 }, (_, i) =>
    table[Math.round((i / 16) * (table.length - 1))]!.join(' '),
  );
  const share = (value: number) => `${((100 * (value - min)) / (max - min)).toFixed(1)}%`;
  return html`<div class="colour-bar"><div class="ramp" style="background: linear-gradient(to right, ${stops.map((stop, i) => `${i === 0 ? '' : ', '}rgb(${stop})`)})"></div>
<div class="ramp-ticks">${ticks(min, max, 4).map((tick) => html`<span style="left: ${share(tick)}">${tickLabel(tick)}</span>`)}</div>
<div class="ramp-label">${label}</div></div>`;
}
