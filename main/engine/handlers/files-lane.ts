/** Everything that the files lane can do, by call. */
import { hdf5Clock, hdf5Searching } from '#main/data/formats/hdf5Clock.ts';
import { hdf5Library } from '#main/data/formats/hdf5Library.ts';
import { watchSearch } from '../host/endless-search.ts';
import type { Handlers } from '../host/engine-main.ts';
import { datasetDegrees, datasetField, datasetRhythm, prepare, previewPreparation } from './datasets.ts';
import { degrees, field, grid, inspect, rhythm, series, statistics, times } from './files.ts';
import { forecastField } from './forecast-fields.ts';
import { evaluateFiles, exportZarr } from './forecast-files.ts';
import { probe, transect } from './forecast-places.ts';
import { packModel, placeModel } from './models.ts';

/** After the calls that this process was started for, if any, have begun. */
const warmUpMilliseconds = 300;

export function filesLane(): Handlers<'files'> {
  watchSearch(hdf5Clock, hdf5Searching);
  // The process is there with the window; the first NetCDF-4 file need not wait for the library. One that cannot be
  // loaded is the trouble of that file.
  setTimeout(() => void hdf5Library().catch(() => undefined), warmUpMilliseconds).unref();
  return {
    inspect,
    statistics,
    rhythm,
    series,
    times,
    grid,
    degrees,
    field,
    previewPreparation,
    prepare,
    datasetRhythm,
    datasetDegrees,
    datasetField,
    forecastField,
    probe,
    transect,
    packModel,
    placeModel,
    evaluateFiles,
    exportZarr,
  };
}
