/** Simulators and recipes as lists in a terminal. */
import type { Recipe, SimulationParameter, SimulatorDescription } from '#shared/domain/simulation.ts';
import { counted } from './format.ts';
import { table } from './table.ts';

function range({ kind, min, max, choices }: SimulationParameter): string {
  if (kind === 'choice') return choices.join(' | ');
  if (kind === 'boolean') return 'true | false';
  if (kind === 'json') return 'JSON';
  if (min === null && max === null) return kind;
  return `${min ?? ''}…${max ?? ''}`;
}

const units = (text: string) => (text === '' || text === '1' ? '' : ` ${text}`);

/** Every setting of a simulator with its default and the range of its slider. */
export function simulatorText({ name, title, description, parameters }: SimulatorDescription): string {
  const rows = table(parameters, [
    { title: 'setting', value: (row) => `  ${row.key}` },
    { title: 'default', value: (row) => JSON.stringify(row.default), right: true },
    { title: 'usual', value: (row) => `${range(row)}${units(row.units)}` },
    { title: 'what it is', value: (row) => row.title },
  ]);
  return `${name}: ${title}. ${description}\n${rows}`;
}

export function recipeText({ name, title, description, simulator, files }: Recipe): string {
  const contents = files.map((file) => {
    const { splits, periods, trajectories } = file;
    const split = splits ?? periods;
    const parts = split ? ` (train ${split.train}, validation ${split.validation}, test ${split.test})` : '';
    const count = trajectories === 1 ? '1 trajectory' : `${trajectories} trajectories`;
    return `  ${file.name}: ${file.title}, ${count}${parts}, seed ${file.seed}`;
  });
  return [
    `${name} (${simulator}, ${counted(files.length, 'file')}): ${title}`,
    `  ${description}`,
    ...contents,
  ].join('\n');
}
