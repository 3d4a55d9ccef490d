/** Prepared datasets by folder, the latest ones kept open: scrubbing and several forecasts read the same one. */
import { type OpenOptions, openPrepared, type PreparedDataset } from '#main/data/openPrepared.ts';
import { readDatasetIn } from '#main/workspace/entities.ts';

const most = 3;

/** Least recently used first. */
const kept = new Map<string, { fingerprint: string; dataset: PreparedDataset }>();

/** What the user allows for data in memory: a setting of the window, or the variable itself. */
export function memoryBudgetOf(environment: NodeJS.ProcessEnv): Pick<OpenOptions, 'memoryBudget'> {
  const bytes = Number(environment.DRIFTCAST_MEMORY_BYTES);
  return Number.isFinite(bytes) && bytes > 0 ? { memoryBudget: bytes } : {};
}

/** @throws DriftcastError `not-found`, `damaged-file` */
export async function preparedIn(folder: string): Promise<PreparedDataset> {
  const description = await readDatasetIn(folder);
  const known = kept.get(folder);
  kept.delete(folder);
  if (known !== undefined && known.fingerprint === description.fingerprint) {
    kept.set(folder, known);
    return known.dataset;
  }
  const dataset = await openPrepared(folder, description, memoryBudgetOf(process.env));
  kept.set(folder, { fingerprint: description.fingerprint, dataset });
  // Closed only when forgotten by everyone: a running forecast may still read from it.
  const oldest = kept.keys().next().value;
  if (kept.size > most && oldest !== undefined) kept.delete(oldest);
  return dataset;
}
