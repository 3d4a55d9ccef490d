/** Datasets, runs and forecasts may be named by id or by the name their maker gave them. */
import { DriftcastError } from '#shared/errors.ts';

interface Named {
  id: string;
  name: string;
  created: string;
}

/**
 * The one thing that `text` names: an id, or a name that only one carries.
 * @throws `not-found` with what there is; `conflict` when several share the name.
 */
export function findNamed<Thing extends Named>(kind: string, text: string, things: readonly Thing[]): Thing {
  const byId = things.find((thing) => thing.id === text);
  if (byId) return byId;
  const byName = things.filter((thing) => thing.name === text);
  const [only] = byName;
  if (only && byName.length === 1) return only;
  if (byName.length > 1) {
    const ids = byName.map((thing) => `${thing.id} (${thing.created})`).join(', ');
    throw new DriftcastError(
      'conflict',
      `${byName.length} ${kind}s are called ${text}.`,
      `Give the id instead, one of: ${ids}.`,
    );
  }
  const known = things.slice(0, 10).map((thing) => thing.name || thing.id);
  throw new DriftcastError(
    'not-found',
    `There is no ${kind} ${text} in this workspace.`,
    known.length === 0
      ? `The workspace holds no ${kind} yet.`
      : `There ${known.length === 1 ? 'is' : 'are'}: ${known.join(', ')}. See driftcast list ${kind}s.`,
  );
}
