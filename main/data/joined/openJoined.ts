/** Opens one file, several files or a folder of them as one data file. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DriftcastError } from '#shared/errors.ts';
import type { WorkOptions } from '../background.ts';
import type { Attributes, DataFile } from '../formats/dataFile.ts';
import { openDataFile } from '../formats/registry.ts';
import { type Member, readHeaders, type Unreadable } from './headers.ts';
import { JoinedFile } from './joinedFile.ts';
import { commonName, isFolderOfFiles, listMembers } from './listMembers.ts';
import { planSeries, type SeriesPlan } from './plan.ts';
import { listed } from './words.ts';

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Leaves out files that are byte for byte another one of the selection: copies that a download left behind. */
async function withoutCopies(members: readonly Member[], notes: string[]): Promise<Member[]> {
  const alike = new Map<string, Member[]>();
  for (const member of members) {
    const { bytes, layout, times } = member;
    const values = times?.values ?? [];
    const key = [bytes, layout.variables.length, values.length, values[0], values[values.length - 1]].join();
    const known = alike.get(key);
    if (known) known.push(member);
    else alike.set(key, [member]);
  }
  const copies = new Map<Member, Member>();
  for (const suspects of alike.values()) {
    if (suspects.length < 2 || suspects.some(({ places }) => places !== suspects[0]!.places)) continue;
    const seen = new Map<string, Member>();
    for (const member of suspects) {
      const sum = await sumOf(member.path);
      const first = seen.get(sum);
      if (first) copies.set(member, first);
      else seen.set(sum, member);
    }
  }
  if (copies.size > 0) {
    const pairs = [...copies].map(([copy, first]) => `${copy.name} is a copy of ${first.name}`);
    notes.push(`Left out: ${listed(pairs)}.`);
  }
  return members.filter((member) => !copies.has(member));
}

/** A folder may hold what was never meant; a file that was chosen by name must be readable. */
function judgeUnreadable(unreadable: readonly Unreadable[], searched: boolean, notes: string[]): void {
  const [first] = unreadable;
  if (!first) return;
  if (!searched) throw first.error;
  const names = unreadable.map(({ path }) => basename(path));
  notes.push(`Left out, because it cannot be read: ${listed(names)}. ${first.error.message}`);
}

/** What a series says of itself is what its first file says, but for what concerns that file's trajectories alone. */
async function attributesOf({ groups }: SeriesPlan): Promise<Attributes> {
  const first = await openDataFile(groups[0]!.members[0]!.path);
  try {
    return new Map([...first.attributes].filter(([name]) => name !== 'driftcast_splits'));
  } finally {
    await first.close();
  }
}

async function join(given: readonly string[], work: WorkOptions): Promise<DataFile> {
  const { paths, searched } = await listMembers(given);
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) return openDataFile(only);
  const { members: found, unreadable } = await readHeaders(paths, work);
  const notes: string[] = [];
  judgeUnreadable(unreadable, searched, notes);
  if (found.length === 0) throw unreadable[0]!.error;
  const members = await withoutCopies(found, notes);
  const plan: SeriesPlan = planSeries(members);
  const folder = given.length === 1 ? given[0]! : null;
  return new JoinedFile({
    path: folder ?? paths[0]!,
    name: folder ? basename(folder) : commonName(paths),
    plan,
    attributes: await attributesOf(plan),
    members: plan.groups.flatMap((group) => group.members),
    warnings: notes,
  });
}

/**
 * Opens what a person chose as one data file: a file, a store, or several files and folders joined to a series. The
 * caller closes it. Throws `conflict` for files that do not fit together, `cancelled`, and what single files throw.
 */
export async function openData(given: readonly string[], work: WorkOptions = {}): Promise<DataFile> {
  const [first] = given;
  if (first === undefined) throw new DriftcastError('bad-input', 'No file was given.', 'Name at least one.');
  if (given.length === 1 && !(await isFolderOfFiles(first))) return openDataFile(first);
  return join(given, work);
}
