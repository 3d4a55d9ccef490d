/** Says what is in a data file: the answer behind "open a file and see at once what it holds". */
import { createHash } from 'node:crypto';
import type { AxisSummary, FileSummary, VariableSummary } from '#shared/domain/file.ts';
import { toErrorData } from '#shared/errors.ts';
import { suggestedStep } from '#shared/time/step-text.ts';
import { describeGaps, stretchesOf } from '#shared/time/stretches.ts';
import type { WorkOptions } from './background.ts';
import { helperVariables, whyNotForecastable } from './cf/forecastable.ts';
import { type Grid, gridOf } from './cf/grid.ts';
import type { Role } from './cf/roles.ts';
import { labelOf, type TimeAxis } from './cf/timeAxis.ts';
import {
  type Attributes,
  attributeText,
  type DataFile,
  type DataVariable,
  isNumericType,
} from './formats/dataFile.ts';
import { withFile } from './openFile.ts';
import { type Statistics, statisticsOf } from './statistics.ts';

export interface InspectOptions extends WorkOptions {
  /** Reading every value takes time in proportion to the file: for all variables, the forecastable ones, or none. */
  readonly statistics: boolean | 'forecastable';
}

const longestAttribute = 2000;
/** Dimensions of which one entry is chosen, and how many there may be to choose from. */
const chosen = new Set<Role>(['other', 'trajectory']);
const longestChoice = 2000;
const endsSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

function axisSummaries(grid: Grid): AxisSummary[] {
  return grid.axes.map(({ dimension, role, units, values }) => {
    const at = (index: number) => {
      const value = values?.[index];
      return value === undefined || !Number.isFinite(value) ? null : value;
    };
    return {
      name: dimension.name,
      role,
      size: dimension.size,
      units,
      first: at(0),
      last: at(dimension.size - 1),
      ...(chosen.has(role) && values && values.length <= longestChoice
        ? { values: Array.from(values, (value) => (Number.isFinite(value) ? value : null)) }
        : {}),
    };
  });
}

function timeSummary(axis: TimeAxis): VariableSummary['times'] {
  const { values, label, regular } = axis;
  if (values.length === 0) return null;
  return {
    first: labelOf(axis, values[0]!),
    last: labelOf(axis, values[values.length - 1]!),
    count: values.length,
    step: label,
    regular,
    ...(axis.problem === undefined ? {} : irregularity(axis)),
  };
}

function irregularity(axis: TimeAxis): Pick<NonNullable<VariableSummary['times']>, 'irregular'> {
  const found = stretchesOf(axis);
  if (found === null) return {};
  return {
    irregular: {
      problem: describeGaps(axis, found),
      suggestedStep: suggestedStep(found.usual, axis.calendar !== null),
    },
  };
}

export function attributeTexts(attributes: Attributes): Record<string, string> {
  return Object.fromEntries(
    [...attributes.keys()].map((name) => {
      const text = attributeText(attributes, name);
      return [name, text.length > longestAttribute ? `${text.slice(0, longestAttribute)} …` : text];
    }),
  );
}

function joinedSummary({ files, words }: NonNullable<DataFile['joined']>): FileSummary['joined'] {
  const state = createHash('sha256');
  for (const { path, bytes, modified } of files) state.update(`${path}\0${bytes} ${modified}\0`);
  return { files: files.length, words, state: state.digest('hex').slice(0, 12) };
}

interface Examined {
  variable: DataVariable;
  grid: Grid | null;
  summary: VariableSummary;
}

/** The part of the summary that needs coordinates alone. */
async function examine(
  file: DataFile,
  variable: DataVariable,
  helper: string | undefined,
  warnings: Set<string>,
): Promise<Examined> {
  let grid: Grid | null = null;
  let problem: string | undefined;
  try {
    grid = await gridOf(file, variable);
    if (!helper) for (const note of grid.timeAxis?.notes ?? []) warnings.add(note);
  } catch (error) {
    problem = endsSentence(toErrorData(error).message);
    if (!helper) warnings.add(problem);
  }
  const reason = helper ?? problem ?? whyNotForecastable(variable, grid) ?? undefined;
  const text = (name: string) => attributeText(variable.attributes, name);
  const readable = isNumericType(variable.type) && variable.unreadable === undefined;
  const summary: VariableSummary = {
    name: variable.path,
    longName: text('long_name') || text('title'),
    standardName: text('standard_name'),
    units: text('units'),
    shape: [...variable.shape],
    dims: variable.dims.map((dim) => dim.name),
    type: variable.type,
    axes: grid ? axisSummaries(grid) : [],
    calendar: grid?.timeAxis?.calendar ?? null,
    times: grid?.timeAxis ? timeSummary(grid.timeAxis) : null,
    missingFraction: null,
    alwaysMissingCells: null,
    min: null,
    max: null,
    mean: null,
    forecastable: reason === undefined,
    viewable: !helper && readable && grid !== null && grid.y !== null && grid.x !== null,
    ...(reason === undefined ? {} : { reason }),
  };
  return { variable, grid, summary };
}

/**
 * Opens a file and describes every variable in it, the ones to look at first. Memory stays bounded whatever the
 * size of the file. Throws `not-found`, `disk`, `unsupported`, `damaged-file` and `cancelled`.
 */
export function inspectFile(path: string, options: InspectOptions): Promise<FileSummary> {
  return withFile(path, (file) => inspectOpen(file, options));
}

/** The same for a file that is open already. */
export async function inspectOpen(
  file: DataFile,
  { statistics, signal, onProgress }: InspectOptions,
): Promise<FileSummary> {
  const warnings = new Set(file.warnings);
  const helpers = helperVariables(file);
  if (file.variables.length === 0) warnings.add('The file holds no variables.');
  const examined: Examined[] = [];
  for (const variable of file.variables) {
    examined.push(await examine(file, variable, helpers.get(variable), warnings));
  }
  const wanted = examined.filter(
    ({ variable, summary }) =>
      isNumericType(variable.type) &&
      variable.unreadable === undefined &&
      (statistics === true || (statistics === 'forecastable' && summary.forecastable)),
  );
  for (const [i, entry] of wanted.entries()) {
    const found: Statistics = await statisticsOf(file, entry.variable, entry.grid?.time ?? null, {
      signal,
      onProgress: (share) => onProgress?.((i + share) / wanted.length),
    });
    Object.assign(entry.summary, found);
    if (found.min === null && entry.summary.forecastable) {
      entry.summary.forecastable = false;
      entry.summary.reason = `${entry.variable.path} has no values: every one is missing.`;
    }
    if (found.min !== null && found.min === found.max && entry.summary.forecastable) {
      entry.summary.forecastable = false;
      entry.summary.reason = `${entry.variable.path} is constant: every value is ${found.min}.`;
    }
  }
  const rank = ({ variable, summary }: Examined) =>
    summary.forecastable ? 0 : helpers.has(variable) ? 2 : 1;
  return {
    name: file.name,
    format: file.format,
    bytes: file.bytes,
    title: attributeText(file.attributes, 'title'),
    attributes: attributeTexts(file.attributes),
    variables: [...examined].sort((a, b) => rank(a) - rank(b)).map(({ summary }) => summary),
    warnings: [...warnings],
    ...(file.joined ? { joined: joinedSummary(file.joined) } : {}),
  };
}
