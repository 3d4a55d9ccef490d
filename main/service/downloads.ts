/** What a person can save from the window, by the addresses that both shells answer. */
import { writeFileAtomic } from '#main/workspace/atomic.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { DownloadAddress } from '#shared/shell.ts';
import { type Comparisons, comparisonReport } from './comparisons.ts';
import type { Core } from './core.ts';
import { copyWhole, forecastFile } from './forecasts.ts';
import { scoresCsv } from './scoresCsv.ts';
import { newestOfRun } from './stored-scores.ts';

/** Something to save: a file on disk, or the text itself. */
export interface Download {
  /** Suggested file name. */
  name: string;
  type: string;
  content: { path: string } | { text: string };
}

/** @throws DriftcastError `not-found` when there is no such forecast or comparison, or the run was never scored. */
export async function resolveDownload(
  core: Core,
  comparisons: Comparisons,
  address: DownloadAddress,
): Promise<Download> {
  const { entities, log } = core;
  if (address.kind === 'report')
    return {
      name: 'driftcast-report.html',
      type: 'text/html; charset=utf-8',
      content: { text: await comparisonReport(core, comparisons, address.job) },
    };
  if (address.kind === 'forecast') {
    const { id } = await entities.forecasts.read(address.forecast);
    return { name: `${id}.nc`, type: 'application/x-netcdf', content: { path: forecastFile(entities, id) } };
  }
  const { id, name } = await entities.runs.read(address.run);
  const stored = await newestOfRun(entities, id, (thrown) => log.warn({ err: thrown }));
  if (stored === null)
    throw new DriftcastError(
      'not-found',
      `${name} has no scores yet.`,
      'Score it first, then download them.',
    );
  return {
    name: `${id}-scores.csv`,
    type: 'text/csv; charset=utf-8',
    content: { text: scoresCsv(stored.methods) },
  };
}

/** Writes a download to a path that a person chose. */
export async function saveDownload(
  core: Core,
  comparisons: Comparisons,
  address: DownloadAddress,
  path: string,
): Promise<void> {
  const { content } = await resolveDownload(core, comparisons, address);
  if ('path' in content) await copyWhole(content.path, path);
  else await writeFileAtomic(path, content.text);
}
