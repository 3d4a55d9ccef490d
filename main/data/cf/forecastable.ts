/** Which variables can be forecast, and for the others why not, in one sentence each. */
import { stretchesOf } from '#shared/time/stretches.ts';
import { attributeText, type DataFile, type DataVariable, isNumericType } from '../formats/dataFile.ts';
import { type Grid, listedVariables } from './grid.ts';
import { roleFromAttributes } from './roles.ts';

/** Two frames in and one out at least; fewer cannot even be split. */
const fewestTimes = 8;

/** Variables that describe others, with the sentence that says so. */
export function helperVariables(file: DataFile): ReadonlyMap<DataVariable, string> {
  const reasons = new Map<DataVariable, string>();
  const add = (variable: DataVariable, reason: string) => {
    if (!reasons.has(variable)) reasons.set(variable, reason);
  };
  for (const variable of file.variables) {
    const { path, dims } = variable;
    for (const attribute of ['bounds', 'climatology']) {
      for (const bounds of listedVariables(file, variable, attribute)) {
        add(bounds, `${bounds.path} only states the bounds of ${path}.`);
      }
    }
    for (const mapping of listedVariables(file, variable, 'grid_mapping')) {
      add(mapping, `${mapping.path} only describes the map projection.`);
    }
    for (const coordinate of listedVariables(file, variable, 'coordinates')) {
      add(coordinate, `${coordinate.path} is a coordinate of other variables.`);
    }
    const role = roleFromAttributes(variable.attributes);
    const isCoordinate = dims.length === 1 && dims[0]!.path === path;
    const isPosition = (role === 'latitude' || role === 'longitude') && dims.length <= 2;
    if (isCoordinate || isPosition || (role === 'time' && dims.length <= 1)) {
      add(variable, `${path} is a coordinate of other variables.`);
    }
  }
  return reasons;
}

/** Why a variable of plain type and shape cannot be forecast; null if nothing speaks against it. */
export function whyNotForecastable(variable: DataVariable, grid: Grid | null): string | null {
  const { path, type } = variable;
  if (!isNumericType(type)) return `${path} holds values of type ${type}, which are not numbers.`;
  if (variable.unreadable !== undefined) return `${path} ${variable.unreadable}.`;
  if (attributeText(variable.attributes, 'flag_values') !== '') {
    return `${path} holds codes of classes, which have no values in between.`;
  }
  if (grid === null) return `${path} has coordinates that cannot be read.`;
  if (grid.time === null) return `${path} has no time dimension.`;
  if (grid.timeAxis === null)
    return `${path} has ${variable.shape[grid.time]} times without a coordinate, more than can be counted.`;
  if (grid.y === null || grid.x === null) {
    return `${path} has no rows and columns: its cells do not form a grid of two dimensions in space.`;
  }
  const times =
    variable.shape[grid.time]! * (grid.trajectory === null ? 1 : variable.shape[grid.trajectory]!);
  if (times < fewestTimes) {
    return `${path} has only ${times} time${times === 1 ? '' : 's'}; at least ${fewestTimes} are needed.`;
  }
  // Times that are irregular and in order can be resampled or cut by choice.
  if (grid.timeAxis.problem !== undefined && stretchesOf(grid.timeAxis) === null) {
    return `The times of ${path} ${grid.timeAxis.problem}.`;
  }
  return null;
}
