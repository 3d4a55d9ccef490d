/** Which lines of a graticule have room for a label, and with how many decimals these are written. */
import type { GraticuleLine } from '../scenes/map-geometry.ts';
import { exactDecimals } from '../text/numbers.ts';

export interface GraticuleLabels {
  lines: GraticuleLine[];
  /** So many tell every label from the next. */
  decimals: number;
}

/**
 * Every line, or every second, third … where they are closer together than `room` pixels; multiples of the wider step,
 * so that what is labelled stays round. `at` of a line is its share of `length` pixels; uneven grids are judged by the
 * closest pair.
 */
export function graticuleLabels(
  lines: readonly GraticuleLine[],
  length: number,
  room: number,
): GraticuleLabels {
  const step = Math.abs((lines[1]?.value ?? 0) - (lines[0]?.value ?? 0)) || 1;
  for (let every = 1; every <= lines.length; every += 1) {
    const kept = lines.filter(({ value }) => Math.round(value / step) % every === 0);
    const close = kept.some(
      ({ at }, index) => index > 0 && Math.abs(at - (kept[index - 1]?.at ?? 0)) * length < room,
    );
    if (!close && kept.length > 0)
      return { lines: kept, decimals: exactDecimals(...kept.map(({ value }) => value)) };
  }
  const only = lines.slice(0, 1);
  return { lines: only, decimals: exactDecimals(...only.map(({ value }) => value)) };
}
