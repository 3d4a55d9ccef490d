/**
 * What every forecasting method has to offer, trained or not, so that all of them are run, stored and scored by
 * the same code: from an initial condition to ensemble fields in physical units, lead by lead.
 */

/** What methods without networks need of a dataset. All fields are physical, [height, width, channel], NaN where missing. */
export interface BaselineData {
  /** The observed field at an index of the dataset's time axis. */
  frame(timeIndex: number): Promise<Float32Array>;
  /** Mean of the training period for the season of a time index, which may lie beyond the data. */
  seasonalMean(timeIndex: number): Float32Array;
  /**
   * Fields of the training period at the same season, one a year (or a sample of it where time has no seasons).
   * As many at every time index, so that scores of different seasons are of the same ensemble size.
   */
  trainingEnsemble(timeIndex: number): Float32Array[];
}

export interface ForecastTask {
  /** Index of the initial condition on the dataset's time axis. */
  start: number;
  /** Lead times in data steps, ascending; methods on data alone take whole ones. */
  leads: readonly number[];
  /** How many members are wanted; a method whose ensemble has a fixed size ignores it. */
  members: number;
  seed: number;
  signal?: AbortSignal | null;
}

/** Fields of all members at one lead: [members, height, width, channel], physical units. */
export interface EnsembleField {
  lead: number;
  members: number;
  values: Float32Array;
}

export interface ForecastMethod {
  /** As in settings and tables, e.g. `persistence`. */
  readonly name: string;
  /** For people, e.g. "Persistence". */
  readonly title: string;
  /** Hands over every lead of the task once; cancelled tasks end with a `cancelled` error. */
  forecast(task: ForecastTask, onLead: (field: EnsembleField) => Promise<void> | void): Promise<void>;
}

/** Joins equally long fields into one ensemble. */
export function ensembleOf(lead: number, fields: readonly Float32Array[]): EnsembleField {
  const size = fields[0]?.length ?? 0;
  const values = new Float32Array(size * fields.length);
  fields.forEach((field, member) => {
    values.set(field, member * size);
  });
  return { lead, members: fields.length, values };
}
