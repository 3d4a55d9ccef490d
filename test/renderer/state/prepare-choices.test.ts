/** What a file suggests for its preparation. */
import { describe, expect, it } from 'vitest';
import type { FileSummary, VariableSummary } from '#shared/domain/file.ts';
import {
  companions,
  offeredMasks,
  suggestedCounts,
  suggestedVariables,
  usualName,
} from '../../../renderer/state/prepare-choices.ts';

const variable = (name: string, dims: string[], forecastable = true) =>
  ({ name, dims, forecastable }) as VariableSummary;
const space = ['trajectory', 'time', 'y', 'x'];
const summary = (attributes: Record<string, string>): FileSummary => ({
  name: 'flow.nc',
  format: 'netcdf4',
  bytes: 1,
  title: '',
  attributes,
  variables: [
    variable('vx', space),
    variable('vy', space),
    variable('fixed_mask', ['trajectory', 'y', 'x'], false),
    variable('other', ['time', 'y', 'x']),
    variable('p', space),
  ],
  warnings: [],
});

describe('the choices that a file suggests', () => {
  it('are all variables of a simulated system, and one of any other file', () => {
    const simulated = summary({
      driftcast_system: 'navier-stokes',
      driftcast_masks: 'fixed_mask  obstacle_mask',
    });
    const vy = simulated.variables[1]!;
    expect(companions(simulated, vy).map(({ name }) => name)).toEqual(['vx', 'vy', 'p']);
    expect(suggestedVariables(simulated, vy)).toEqual(['vx', 'vy', 'p']);
    expect(offeredMasks(simulated)).toEqual(['fixed_mask', 'obstacle_mask']);
    expect(suggestedVariables(summary({}), vy)).toEqual(['vy']);
    expect(offeredMasks(summary({}))).toEqual([]);
  });

  it('name a simulation by what was simulated, and what is left out of it', () => {
    const driftcast_simulation = JSON.stringify({ simulator: 'navier-stokes', seed: 7, trajectories: 26 });
    const simulated = summary({ driftcast_simulation });
    expect(usualName(simulated, ['vx', 'vy', 'p'], true)).toBe('Navier–Stokes flow, 26 trajectories, seed 7');
    expect(usualName(simulated, ['vx'], false)).toBe('vx, Navier–Stokes flow, 26 trajectories, seed 7');
    expect(usualName(summary({}), ['sst'], true)).toBe('sst, flow');
  });

  it('split whole trajectories as the file was made for, else by shares', () => {
    const stated = (splits: unknown) => summary({ driftcast_splits: JSON.stringify(splits) });
    const made = { train: 20, validation: 2, test: 4 };
    expect(suggestedCounts(stated(made), 26)).toEqual(made);
    const shares = { train: 18, validation: 4, test: 4 };
    expect(suggestedCounts(stated({ train: 0, validation: 0, test: 26 }), 26)).toEqual(shares);
    expect(suggestedCounts(stated({ ...made, train: 200 }), 26)).toEqual(shares);
    expect(suggestedCounts(stated('?'), 3)).toEqual({ train: 1, validation: 1, test: 1 });
    expect(suggestedCounts(summary({}), 2)).toEqual({ train: 1, validation: 0, test: 1 });
    expect(suggestedCounts(summary({}), 1)).toEqual({ train: 1, validation: 0, test: 0 });
  });
});
