/** Numbers and durations as people read them in a terminal. */

/** Four significant digits; a dash where there is no number. */
export function number(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(digits - 1);
  if (Number.isInteger(value)) return String(value);
  return value.toPrecision(digits).replace(/\.?0+$/, '');
}

/** Always the same number of decimals, so that a column of scores lines up. */
export function score(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3)
    ? value.toExponential(3)
    : value.toFixed(4);
}

/** "45 s", "3 min 20 s", "2 h 5 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1) return seconds > 0 ? '< 1 s' : '0 s';
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** "12.3 MB": decimal units, as file managers show them. */
export function bytes(count: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} bytes` : `${value.toFixed(value < 10 ? 2 : 1)} ${units[unit]}`;
}

export function percent(fraction: number | null): string {
  return fraction === null ? '–' : `${number(fraction * 100, 3)} %`;
}

/** A date without a time of day that says nothing. */
export function date(iso: string): string {
  return iso.replace(/T00:00:00(\.0+)?$/, '');
}

/** "1 epoch", "3 epochs". */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
