/** Tells apart what people gave the same name. */

interface Named {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly created: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "14 Nov 10:32", in the time of this place. */
function moment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getDate()} ${months[date.getMonth()]} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

function grouped(entries: readonly Named[], nameOf: (entry: Named) => string): Map<string, Named[]> {
  const groups = new Map<string, Named[]>();
  for (const entry of entries) groups.set(nameOf(entry), [...(groups.get(nameOf(entry)) ?? []), entry]);
  return groups;
}

/**
 * A name for each id that no other has: as given where that is enough, else with when it was made, and where even that
 * is the same with a number, the oldest first.
 */
export function distinctNames(entries: readonly Named[]): ReadonlyMap<string, string> {
  const same = grouped(entries, ({ name }) => name);
  const dated = ({ name, created }: Named) =>
    (same.get(name)?.length ?? 0) < 2 || moment(created) === '' ? name : `${name} · ${moment(created)}`;
  const names = new Map<string, string>();
  for (const [name, group] of grouped(entries, dated)) {
    const ordered = [...group].sort((a, b) => (a.created < b.created ? -1 : 1));
    for (const [at, { id }] of ordered.entries())
      names.set(id, group.length > 1 ? `${name} (${at + 1})` : name);
  }
  return names;
}
