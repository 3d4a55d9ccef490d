/** Which time of a file is meant by a date of something else, whatever either calls it. */
import { dateParts, datePrefix, type Rhythm, withoutTrajectory } from '../text/dates.ts';

/**
 * Index of the same time. Dates that differ in what the other series leaves open are the same (the first and the
 * sixteenth of a month in monthly data), as long as only one of the file's times can be meant. A file without times is
 * valid always.
 * @param rhythm how fine the dates of the other series are
 */
export function matchingTime(dates: readonly string[], wanted: string, rhythm: Rhythm): number | null {
  if (dates.length === 1 && dates[0] === '') return 0;
  // Which trajectory is meant is chosen apart from the time.
  const plain = withoutTrajectory(wanted);
  const exact = dates.findIndex((date) => withoutTrajectory(date) === plain);
  if (exact >= 0) return exact;
  if (!dateParts(wanted)) return null;
  const prefix = shortened(wanted, rhythm);
  const same = dates.flatMap((date, at) => (shortened(date, rhythm) === prefix ? [at] : []));
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** To the minute where times of day count. */
function shortened(iso: string, rhythm: Rhythm): string {
  const time = dateParts(iso)?.time.slice(0, 5) ?? '';
  return rhythm === 'time' ? `${iso.slice(0, 10)} ${time}` : datePrefix(iso, rhythm);
}
