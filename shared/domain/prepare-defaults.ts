/** What a file itself suggests for its preparation, so that simulated data need no choices at all. */
import type { Normalisation } from './dataset.ts';
import type { FileSummary } from './file.ts';

export interface SuggestedChoices {
  /** All that can be forecast together, in the order of the file; empty where a person has to choose. */
  readonly variables: readonly string[];
  /** Null: whatever is usual. */
  readonly normalisation: Normalisation | null;
}

/** A simulated system is forecast as a whole, and (paper, table of presets) without normalisation unless it is SST. */
export function suggestedChoices({ attributes, variables }: FileSummary): SuggestedChoices {
  const forecastable = variables.filter((variable) => variable.forecastable);
  const system = attributes.driftcast_system;
  const [first] = forecastable;
  if (first === undefined || (system === undefined && forecastable.length > 1))
    return { variables: [], normalisation: null };
  const alike = forecastable.filter((variable) => variable.dims.join() === first.dims.join());
  const isPhysical = system === 'navier-stokes' || system === 'spring-mesh';
  return { variables: alike.map(({ name }) => name), normalisation: isPhysical ? 'none' : null };
}
