/** How a report writes numbers: a true minus sign, three significant figures. */

export function figure(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size < 1e-3 || size >= 1e5
      ? size
          .toExponential(digits - 1)
          .replace(/e([+-])(\d+)/, (_, sign: string, power: string) => ` × 10${raised(sign, power)}`)
      : size.toFixed(Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
  return value < 0 ? `−${text}` : text;
}

function raised(sign: string, power: string): string {
  const digits = [...power].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('');
  return sign === '-' ? `⁻${digits}` : digits;
}

/** A date without a time of day that says nothing. */
export function day(iso: string): string {
  return iso.replace(/T00:00:00(\.0+)?$/, '');
}

export function grouped(value: number | null): string {
  return value === null ? '–' : String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** "3.1 s", "2 min 5 s". */
export function seconds(value: number | null): string {
  if (value === null) return '–';
  if (value < 0.001) return '< 1 ms';
  if (value < 1) return `${figure(value * 1000, 2)} ms`;
  if (value < 100) return `${figure(value)} s`;
  const whole = Math.round(value);
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${whole % 60} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Round numbers inside a range, about `wanted` of them. */
export function ticks(min: number, max: number, wanted = 5): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const first = Math.ceil(min / step - 1e-9);
  const count = Math.floor(max / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten inside a range, with 2 and 5 between them where the range is short. */
export function logTicks(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const digits = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 3 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / 6));
  const found: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
    if (digits.length === 1 && power % every !== 0) continue;
    for (const digit of digits) {
      const value = Number((digit * 10 ** power).toPrecision(6));
      if (value >= min * 0.999 && value <= max * 1.001) found.push(value);
    }
  }
  return found;
}

/** A tick's label: as short as it can be and still exact. */
export function tickLabel(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text =
    size >= 1e-3 && size < 1e5
      ? String(Number(size.toPrecision(8)))
      : size
          .toExponential()
          .replace(/\.?0*e/, 'e')
          .replace('e+', 'e')
          .replace('e-', 'e−');
  return value < 0 ? `−${text}` : text;
}
