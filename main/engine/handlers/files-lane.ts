/** Everything that the files lane can do, by call. */
import type { Handlers } from '../host/engine-main.ts';
import { datasetField, datasetRhythm, prepare, previewPreparation } from './datasets.ts';
import { field, grid, inspect, rhythm, series, statistics, times } from './files.ts';
import { forecastField } from './forecast-fields.ts';
import { evaluateFiles } from './forecast-files.ts';
import { probe, transect } from './forecast-places.ts';
import { packModel, placeModel } from './models.ts';

export function filesLane(): Handlers<'files'> {
  return {
    inspect,
    statistics,
    rhythm,
    series,
    times,
    grid,
    field,
    previewPreparation,
    prepare,
    datasetRhythm,
    datasetField,
    forecastField,
    probe,
    transect,
    packModel,
    placeModel,
    evaluateFiles,
  };
}
