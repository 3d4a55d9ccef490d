/** What a file suggests for its preparation in the window, and what can be chosen about it: pure, from its summary. */
import { z } from 'zod';
import type { Normalisation } from '#shared/domain/dataset.ts';
import type { FileSummary, VariableSummary } from '#shared/domain/file.ts';
import { suggestedChoices } from '#shared/domain/prepare-defaults.ts';
import type { Preset } from '#shared/domain/settings.ts';
import { type TrajectorySplits, trajectorySplitsSchema } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';

/** Variables on the same grid and times as this one, itself among them: those that can be forecast together. */
export function companions(summary: FileSummary, variable: VariableSummary): VariableSummary[] {
  return summary.variables.filter(
    (other) => other.forecastable && other.dims.join() === variable.dims.join(),
  );
}

/** A simulated system as a whole; of other files the variable that is shown. */
export function suggestedVariables(summary: FileSummary, variable: VariableSummary): string[] {
  const { variables } = suggestedChoices(summary);
  return variables.length > 1 && variables.includes(variable.name) ? [...variables] : [variable.name];
}

/** Static fields that the file offers as inputs of networks. */
export function offeredMasks({ attributes }: FileSummary): string[] {
  return (attributes.driftcast_masks ?? '').split(/\s+/).filter((name) => name !== '');
}

/** Numbers that the file was made for, where they fit it; else 70, 15 and 15 %, one each where there are enough. */
export function suggestedCounts({ attributes }: FileSummary, trajectories: number): TrajectorySplits {
  const stated = trajectorySplitsSchema.safeParse(readJson(attributes.driftcast_splits));
  if (stated.success) {
    const { train, validation, test } = stated.data;
    if (train > 0 && train + validation + test <= trajectories) return stated.data;
  }
  const part = Math.round(0.15 * trajectories);
  const test = trajectories < 2 ? 0 : Math.max(1, part);
  const validation = trajectories < 3 ? 0 : Math.max(1, part);
  return { train: trajectories - validation - test, validation, test };
}

const madeBy = z.object({ simulator: z.string(), seed: z.number(), trajectories: z.number() });

/** A simulation is called by what was simulated, any other file by its own name and, where it has others, its variables. */
export function usualName(
  { name, attributes }: FileSummary,
  variables: readonly string[],
  all: boolean,
): string {
  const made = madeBy.safeParse(readJson(attributes.driftcast_simulation)).data;
  const title = made && simulatorEntries.find((entry) => entry.name === made.simulator)?.title;
  const runs = made && made.trajectories > 1 ? `, ${made.trajectories} trajectories` : '';
  const stem = made && title ? `${title}${runs}, seed ${made.seed}` : name.replace(/\.[^.]+$/, '');
  return (all && variables.length > 1 ? stem : `${variables.join(' ')}, ${stem}`).slice(0, 100);
}

function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}

/** Horizon and normalisation of the system's small preset, which is what one trains first; null for other files. */
export function suggestedByPreset(
  { attributes }: FileSummary,
  presets: readonly Preset[],
): { horizon: number; normalisation: Normalisation } | null {
  const system = attributes.driftcast_system;
  if (system !== 'navier-stokes' && system !== 'spring-mesh') return null;
  const own = presets.filter((preset) => preset.system === system);
  const found = own.find(({ name }) => name.endsWith('small')) ?? own[0];
  return found ? { horizon: found.horizon, normalisation: found.normalisation } : null;
}
