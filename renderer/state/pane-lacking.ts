/** Why a pane of Compare can show nothing, as a sentence in its place: what is known not to exist is not asked for. */
import type { FlowQuantity } from '#shared/contract/fields.ts';
import { needsClimatology, needsFile, needsOther, needsTruth, type Pane } from './panes.ts';

export interface PaneSources {
  /** Whether the truth of the forecast's start is known. */
  readonly truth: boolean;
  /** What is shown that follows from a velocity; null: a variable itself. */
  readonly flow: FlowQuantity | null;
  /** Why the other file has nothing at the valid date; null where it has. */
  readonly file: string | null;
  readonly other: 'none' | 'to be chosen' | 'elsewhere' | 'there';
}

export function lackingIn(pane: Pane, { truth, flow, file, other }: PaneSources): string | null {
  if (needsTruth(pane) && !truth) return 'No truth yet: the data end before this lead.';
  if (needsClimatology(pane) && flow === 'speed')
    return 'The climatology of the speed is not known: the mean of speeds is not the speed of the mean flow. Choose the vorticity or one of the components.';
  if (needsFile(pane)) return file;
  if (!needsOther(pane) || other === 'there') return null;
  if (other === 'to be chosen') return 'Choose a second forecast under “Against” in the top bar.';
  return other === 'none'
    ? 'There is no second forecast of these data from the same start yet.'
    : 'The second forecast has no such start or lead.';
}
