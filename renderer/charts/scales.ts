/** Ranges and ticks of charts, the same on the screen and in what is saved. */

export type Range = readonly [number, number];

/** A little air above and below; nothing to show spans 0–1. */
export function verticalRange(min: number, max: number, fromZero: boolean): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const margin = (max - min) * 0.06 || Math.abs(max) * 0.1 || 1;
  return fromZero ? [0, Math.max(max, 0) + margin] : [min - margin, max + margin];
}

/** A little air around the values, so that they fill the chart whatever decade they begin in. */
export function logRange(min: number, max: number): [number, number] {
  if (!(min > 0) || !(max > 0)) return [0.1, 1];
  const air = Math.max(1.02, (max / min) ** 0.06);
  return [min / air, max * air];
}

/** Powers of ten, not too many of them; what lies between as well where the axis spans few. */
export function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const digits = decades < 0.7 ? [1, 1.5, 2, 3, 4, 5, 7] : decades < 2.2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / 5));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++)
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      if (value >= min && value <= max && power % every === 0) ticks.push(value);
    }
  return ticks;
}

export function writeLogTick(value: number): string {
  return value >= 0.001 && value <= 9999
    ? String(value)
    : value.toExponential().replace('e+', 'e').replace('-', '−');
}

export function writeTick(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** Round numbers inside a range, at most so many. */
export function niceTicks(min: number, max: number, most: number): number[] {
  const span = max - min;
  if (!(span > 0) || most < 1) return [];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => span / size <= most);
  if (step === undefined) return [];
  const ticks: number[] = [];
  for (let at = Math.ceil(min / step - 1e-9); at * step <= max + step * 1e-9; at++)
    ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

/** About the width of text in the charts' 11 px type. */
export function textWidth(text: string): number {
  return text.length * 6.3;
}

/**
 * Every tick, or every second, third, … of them: the closest together whose labels leave air between each other.
 * @param pixels where a tick lies along the axis
 */
export function fitTicks(
  ticks: readonly number[],
  write: (value: number) => string,
  pixels: (value: number) => number,
  air = 8,
): number[] {
  for (let every = 1; every < ticks.length; every++) {
    const kept = ticks.filter((_, at) => at % every === 0);
    const free = kept.every((tick, at) => {
      const next = kept[at + 1];
      if (next === undefined) return true;
      const needed = (textWidth(write(tick)) + textWidth(write(next))) / 2 + air;
      return Math.abs(pixels(next) - pixels(tick)) >= needed;
    });
    if (free) return kept;
  }
  return ticks.slice(0, 1);
}
