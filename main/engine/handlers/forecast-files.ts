/** Forecasts as files: their scores, whoever wrote them, and our own in another format. */
import { openTruth } from '#main/data/forecastTruth.ts';
import { exportZarr as writeZarr } from '#main/data/zarr/export.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import { stepEmitter } from './files.ts';
import { withForecast } from './forecast-fields.ts';

/** Starts of different files are told apart by numbers that no single file reaches. */
const startsPerFile = 1_000_000;

export const exportZarr: Handler<'exportZarr'> = async ({ path, folder }, { signal, emit }) => ({
  bytes: await writeZarr(path, folder, { signal, onProgress: stepEmitter(emit, 'Writing the Zarr store') }),
});

export const evaluateFiles: Handler<'evaluateFiles'> = async ({ forecasts, truth }, { signal, emit }) => {
  let scores: ScoreAccumulator | null = null;
  let first = '';
  let units = '';
  for (const [index, path] of forecasts.entries()) {
    const progress = stepEmitter(emit, `Scoring file ${index + 1} of ${forecasts.length}`);
    await withForecast(path, async (reader) => {
      const { members, leads, height, width } = reader;
      if (truth === null && !reader.hasTruth)
        throw new DriftcastError(
          'bad-input',
          `${reader.name} holds no truth to score it against.`,
          'Name a file with the observed values (--truth FILE).',
        );
      if (scores === null) {
        scores = new ScoreAccumulator({ members, leads, cells: height * width, channels: 1 });
        first = reader.name;
        units = reader.units;
      } else if (scores.members !== members || scores.leads.join() !== leads.join()) {
        throw new DriftcastError(
          'bad-input',
          `${first} and ${reader.name} can't be scored together: they differ in members or lead times.`,
          'Score them one by one.',
        );
      }
      const other = truth === null ? null : await openTruth(truth, reader);
      try {
        for (let start = 0; start < reader.starts.length; start++) {
          for (let lead = 0; lead < leads.length; lead++) {
            signal.throwIfAborted();
            const observed = other ? await other.read(start, lead) : await reader.read(start, lead, 'truth');
            if (observed === null) continue;
            const ensemble = await reader.read(start, lead, 'member');
            leaveOutMissing(observed, ensemble);
            scores.add(index * startsPerFile + start, lead, ensemble, observed);
            progress((start * leads.length + lead + 1) / (reader.starts.length * leads.length));
          }
        }
      } finally {
        await other?.close();
      }
    });
  }
  if (scores === null) throw new DriftcastError('bad-input', 'No forecast was given.', 'Name a file.');
  const found = (scores as ScoreAccumulator).scores(units, {});
  return {
    scores: found,
    methods: [{ method: 'forecast', title: 'Forecast', scores: found, cost: null, spectra: [] }],
  };
};

/** Cells that the forecast does not cover (land of another mask) do not count. */
function leaveOutMissing(truth: Float32Array, ensemble: Float32Array): void {
  ensemble.forEach((value, i) => {
    if (Number.isNaN(value)) truth[i % truth.length] = Number.NaN;
  });
}
