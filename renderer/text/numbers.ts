/** How the window writes numbers: a true minus sign, figures that suit the range, units people read. */

const minus = '−';

/** Decimals that tell apart a hundredth of the range, at most 6. */
export function decimalsFor(min: number, max: number): number {
  const span = Math.abs(max - min);
  if (!Number.isFinite(span) || span === 0) return 2;
  return Math.min(6, Math.max(0, Math.ceil(2 - Math.log10(span))));
}

/** Decimals that write every one of these round numbers exactly, at most 6. */
export function exactDecimals(...values: readonly number[]): number {
  const places = values.map((value) => {
    const [digits = '', exponent = '0'] = Number(value.toPrecision(6)).toExponential().split('e');
    return (digits.split('.')[1]?.length ?? 0) - Number(exponent);
  });
  return Math.min(6, Math.max(0, ...places));
}

export function formatNumber(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`;
  const size = Math.abs(value);
  const text =
    size >= 1e6 || (size > 0 && size < 0.5 * 10 ** -decimals && decimals >= 4)
      ? size.toExponential(2)
      : size.toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** "18.02 – 18.32 °C": both ends with the unit once. */
export function formatBetween(
  low: number | null | undefined,
  high: number | null | undefined,
  decimals: number,
  units: string,
): string {
  // A dash before a minus sign would be read as another one.
  const dash = (high ?? 0) < 0 ? 'to' : '–';
  return `${formatNumber(low, decimals)} ${dash} ${formatNumber(high, decimals)} ${units}`.trim();
}

/** With a sign always, for errors and anomalies. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Three significant figures, for scores and losses. */
export function formatScore(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 1e-3 || size >= 1e5) return value.toExponential(2).replace('-', minus);
  return formatNumber(value, size < 1 ? 3 : size < 100 ? 2 : 0);
}

export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** "1 205 km", "3.6 cells". */
export function formatDistance(distance: number, units: 'km' | 'cells'): string {
  return units === 'km' ? `${formatCount(distance)} km` : `${formatNumber(distance, 1)} cells`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

/** "40 s", "3 min 12 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Of single forecasts, which may take milliseconds: "12 ms", "3.4 s", "2 min 5 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.001) return '< 1 ms';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

export function formatParameters(count: number): string {
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e3).toFixed(0)} k`;
}

export { formatUnits, squaredUnits } from '#shared/units.ts';

/** "162.0° W": degrees with a hemisphere. */
export function formatLongitude(longitude: number, decimals = 1): string {
  const turned = ((((longitude + 180) % 360) + 360) % 360) - 180;
  if (turned === 0 || turned === -180) return `${Math.abs(turned).toFixed(decimals)}°`;
  return `${Math.abs(turned).toFixed(decimals)}° ${turned < 0 ? 'W' : 'E'}`;
}

export function formatLatitude(latitude: number, decimals = 1): string {
  if (latitude === 0) return `${latitude.toFixed(decimals)}°`;
  return `${Math.abs(latitude).toFixed(decimals)}° ${latitude < 0 ? 'S' : 'N'}`;
}

/** Limits at round numbers just outside a range, so that a colour bar's ends can be read. */
export function niceLimits(min: number, max: number): { min: number; max: number } {
  const span = max - min;
  if (!(span > 0)) return { min: min - 0.5, max: max + 0.5 };
  const rough = span / 24;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const clean = (value: number) => Number(value.toPrecision(12));
  return { min: clean(Math.floor(min / step) * step), max: clean(Math.ceil(max / step) * step) };
}
