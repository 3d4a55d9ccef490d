/**
 * Dates as the time line shows them. They come as ISO 8601 text in the file's own calendar (30 February is a
 * date in a 360-day calendar), so they are read as text and never pass through JavaScript's Date.
 */

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type Rhythm = 'year' | 'month' | 'day' | 'time';

interface Parts {
  year: string;
  month: number;
  day: number;
  time: string;
}

export function dateParts(iso: string): Parts | null {
  const match = /^([+-]?\d{4,})-(\d{2})(?:-(\d{2}))?(?:[T ](\d{2}:\d{2}(?::\d{2})?))?/.exec(iso);
  if (!match) return null;
  return {
    year: match[1] ?? '',
    month: Number(match[2]),
    day: Number(match[3] ?? 1),
    time: match[4] ?? '00:00',
  };
}

/**
 * How fine the dates of a series have to be written: judged by its first few steps; a single date is a day. Middles of
 * months fall on the 14th to the 16th, at midnight or noon; they are months all the same, as are their ends.
 */
export function rhythmOf(dates: readonly string[]): Rhythm {
  if (dates.length === 1) return 'day';
  if (oncePerMonth(dates.slice(0, 14))) return 'month';
  let rhythm: Rhythm = 'year';
  for (let at = 1; at < Math.min(dates.length, 14); at += 1) {
    const before = dateParts(dates[at - 1] ?? '');
    const here = dateParts(dates[at] ?? '');
    if (!before || !here) return 'time';
    if (before.time !== here.time) return 'time';
    if (before.day !== here.day) rhythm = 'day';
    else if (before.month !== here.month && rhythm === 'year') rhythm = 'month';
  }
  return rhythm;
}

/** Every calendar month once, about the same day of it. */
function oncePerMonth(dates: readonly string[]): boolean {
  const parts = dates.map(dateParts);
  const days = parts.map((part) => part?.day ?? 0);
  if (dates.length < 3 || Math.max(...days) - Math.min(...days) > 3) return false;
  return parts.every((here, at) => {
    const before = parts[at - 1];
    if (!here || (at > 0 && !before)) return false;
    return !before || (Number(here.year) - Number(before.year)) * 12 + here.month - before.month === 1;
  });
}

/** "Mar 2019", "12 Mar 2019" or "12 Mar 2019 06:00"; other text is passed through. */
export function formatDate(iso: string, rhythm: Rhythm): string {
  const parts = dateParts(iso);
  if (!parts) return iso;
  const month = months[parts.month - 1] ?? String(parts.month);
  if (rhythm === 'year') return parts.year;
  if (rhythm === 'month') return `${month} ${parts.year}`;
  const day = `${parts.day} ${month} ${parts.year}`;
  return rhythm === 'day' ? day : `${day} ${parts.time.slice(0, 5)}`;
}

/** The time alone of "trajectory 3, 0.24 s", where it is known which trajectory is meant; other text as it is. */
export function withoutTrajectory(label: string): string {
  return label.replace(/^trajectory \d+, /, '');
}

/** What an axis under six leads has room for: "Mar", "12 Mar", "06:00". */
export function formatShortDate(iso: string, rhythm: Rhythm): string {
  const parts = dateParts(iso);
  if (!parts) return withoutTrajectory(iso);
  const month = months[parts.month - 1] ?? String(parts.month);
  if (rhythm === 'year') return parts.year;
  if (rhythm === 'month') return month;
  return rhythm === 'day' ? `${parts.day} ${month}` : parts.time.slice(0, 5);
}

/** The prefix by which a split names this time, as fine as the series needs; times that are no dates stay whole. */
export function datePrefix(iso: string, rhythm: Rhythm): string {
  if (!dateParts(iso)) return iso;
  const length = { year: 4, month: 7, day: 10, time: 19 }[rhythm];
  return iso.slice(0, length);
}

/**
 * Index of the first date at or after a prefix such as "2017-06"; dates ascend as text within four-digit years. Times
 * that are no dates ("trajectory 3, 0.24 s") are found by their whole label.
 */
export function indexOfDate(dates: readonly string[], prefix: string): number | null {
  const exact = dates.indexOf(prefix);
  if (exact >= 0) return exact;
  if (!/^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}){0,2})?)?)?$/.test(prefix)) return null;
  const at = dates.findIndex((date) => date.slice(0, prefix.length) >= prefix);
  return at < 0 ? null : at;
}

/** Index of the last date at or before a prefix. */
export function lastIndexOfDate(dates: readonly string[], prefix: string): number | null {
  if (indexOfDate(['9999'], prefix) === null) return null;
  let found: number | null = null;
  for (const [at, date] of dates.entries()) if (date.slice(0, prefix.length) <= prefix) found = at;
  return found;
}

/** "lead 3 months": a lead in data steps with the data's own step, e.g. 3 × "1 month". */
export function formatLead(lead: number, step: string): string {
  const match = /^([\d.]+) ([a-z]+)$/.exec(step.trim());
  if (!match) return lead === 1 ? '1 step' : `${lead} steps`;
  const amount = Number((lead * Number(match[1])).toFixed(3));
  const unit = (match[2] ?? 'step').replace(/s$/, '');
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
