/** What was asked of a simulator on the command line, as settings: `--set key=value` and `--steps`. */
import type { SimulatorEntry } from '#shared/domain/simulation.ts';
import { DriftcastError } from '#shared/errors.ts';

/** JSON where it is JSON (numbers, true, lists), else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @throws DriftcastError `bad-input` for what is not of the form key=value, and where --steps and --set disagree */
export function simulationSettings(
  { title, steps: stepsKey }: SimulatorEntry,
  assignments: readonly string[],
  steps: number | undefined,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1)
      throw new DriftcastError(
        'bad-input',
        `--set ${assignment} is not of the form key=value.`,
        'Write for instance --set damping=0.2.',
      );
    settings[assignment.slice(0, at)] = parseValue(assignment.slice(at + 1));
  }
  if (steps === undefined) return settings;
  if (stepsKey in settings && settings[stepsKey] !== steps)
    throw new DriftcastError(
      'bad-input',
      `--steps ${steps} and --set ${stepsKey}=${settings[stepsKey]} both say how many frames ${title} has.`,
      'Leave one of them out.',
    );
  return { ...settings, [stepsKey]: steps };
}
