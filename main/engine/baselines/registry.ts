/** The methods that need no training; a new one is one file and one line here. */
import { DriftcastError } from '#shared/errors.ts';
import { anomalyPersistence } from './anomaly-persistence.ts';
import type { BaselineData, ForecastMethod } from './baseline.ts';
import { climatology } from './climatology.ts';
import { persistence } from './persistence.ts';

const makers = {
  persistence,
  'anomaly-persistence': anomalyPersistence,
  climatology,
} satisfies Record<string, (data: BaselineData) => ForecastMethod>;

export type BaselineName = keyof typeof makers;

export const baselineNames = Object.keys(makers) as BaselineName[];

/** @throws DriftcastError `bad-input` for a name that is no baseline. */
export function createBaseline(name: string, data: BaselineData): ForecastMethod {
  if (!Object.hasOwn(makers, name))
    throw new DriftcastError(
      'bad-input',
      `"${name.slice(0, 60)}" is no method that forecasts without training.`,
      `Choose one of ${baselineNames.join(', ')}.`,
    );
  return makers[name as BaselineName](data);
}
