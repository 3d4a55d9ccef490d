/** Topic `files`: opening data files and reading what is in them, all through the engine's files lane. */
import { basename } from 'node:path';
import type { z } from 'zod';
import { type openingSchema, type placeSeriesEventSchema, rhythmSchema } from '#shared/contract/index.ts';
import { variableSummarySchema } from '#shared/domain/file.ts';
import { placeSeriesSchema } from '#shared/domain/place.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { asOrpcError, errorDataOf, requireTrust } from './errors.ts';
import { EventStream } from './events.ts';
import { describeRecent, type OpenedFiles } from './opened-files.ts';
import { ReadCache } from './read-cache.ts';

type Opening = z.infer<typeof openingSchema>;
type PlaceSeriesEvent = z.infer<typeof placeSeriesEventSchema>;

export function filesTopic({ os, files, workspace, log }: Core, opened: OpenedFiles) {
  const cache = new ReadCache(workspace.cache, (thrown) => log.warn({ err: thrown }, 'cache of read files'));

  async function openPaths(
    given: readonly string[],
    token: string,
    statistics: boolean,
    signal?: AbortSignal,
    onEvent?: (event: { fraction: number | null; message: string }) => void,
  ) {
    // Says which path is wrong before anything is read.
    const { paths } = await opened.open(given);
    const summary = await files
      .call('inspect', { paths, statistics }, { signal, onEvent })
      .catch(naming(paths));
    const { id } = await opened.open(paths, summary.joined?.state);
    await opened.remember(paths, token);
    return { id, summary, opened: new Date().toISOString() };
  }

  const mayOpenPaths = (context: Parameters<typeof requireTrust>[0]) =>
    requireTrust(context, 'open a file by its path', 'Drop the file on the window or choose it there.');

  return {
    open: os.files.open.handler(async ({ input, context, signal }) => {
      mayOpenPaths(context);
      return openPaths([input.path], await opened.tokenFor([input.path]), input.statistics, signal);
    }),
    openToken: os.files.openToken.handler(async ({ input, signal }) =>
      openPaths(await opened.pathsOfToken(input.token), input.token, false, signal),
    ),
    openSeries: os.files.openSeries.handler(async ({ input, context, signal }) => {
      if (input.paths.length > 0) mayOpenPaths(context);
      const chosen = await Promise.all(input.tokens.map((token) => opened.pathsOfToken(token)));
      const paths = [...input.paths, ...chosen.flat()];
      if (paths.length === 0)
        throw new DriftcastError('bad-input', 'No file was given.', 'Choose at least one.');
      const token = await opened.tokenFor(paths);
      return streamed<Opening>(signal, async (push, stop) => {
        const file = await openPaths(paths, token, input.statistics, stop, ({ fraction, message }) =>
          push({ kind: 'progress', fraction, message }),
        );
        push({ kind: 'opened', file, token });
      });
    }),
    recent: os.files.recent.handler(async ({ context }) =>
      (await opened.recent()).map((file) => describeRecent(file, context.trusted)),
    ),
    statistics: os.files.statistics.handler(async ({ input: { file, variable }, signal }) => {
      const paths = await opened.paths(file);
      return cache.through(['statistics', file, variable], variableSummarySchema, () =>
        files.call('statistics', { paths, variable }, { signal }),
      );
    }),
    rhythm: os.files.rhythm.handler(async ({ input: { file, variable, slices }, signal }) => {
      const paths = await opened.paths(file);
      return cache.through(['rhythm', file, variable, JSON.stringify(sorted(slices))], rhythmSchema, () =>
        files.call('rhythm', { paths, variable, slices }, { signal }),
      );
    }),
    series: os.files.series.handler(async ({ input: { file, ...place }, signal }) => {
      const paths = await opened.paths(file);
      return streamed<PlaceSeriesEvent>(signal, async (push, stop) => {
        const onEvent = ({ fraction }: { fraction: number | null }) => push({ kind: 'progress', fraction });
        const key = ['series', file, JSON.stringify([place.variable, place.box, sorted(place.slices)])];
        const series = await cache.through(key, placeSeriesSchema, () =>
          files.call('series', { paths, ...place }, { signal: stop, onEvent }),
        );
        push({ kind: 'series', series });
      });
    }),
    times: os.files.times.handler(async ({ input: { file, variable } }) =>
      files.call('times', { paths: await opened.paths(file), variable }),
    ),
    grid: os.files.grid.handler(async ({ input: { file, variable } }) =>
      files.call('grid', { paths: await opened.paths(file), variable }),
    ),
  };
}

const sorted = (slices: Readonly<Record<string, number>>) =>
  Object.entries(slices).sort(([a], [b]) => (a < b ? -1 : 1));

/** Events of one piece of work until it is done; whoever leaves the stream cancels the work. */
function streamed<Event extends { kind: string }>(
  signal: AbortSignal | undefined,
  work: (push: (event: Event) => void, stop: AbortSignal) => Promise<void>,
): EventStream<Event> {
  const stop = new AbortController();
  const events = new EventStream<Event>(({ kind }) => kind).endOn(signal);
  events.onEnd(() => stop.abort());
  work((event) => events.push(event), stop.signal).then(
    () => events.end(),
    // What comes later than the answer does not pass the middleware that makes error data of it.
    (thrown: unknown) => events.fail(asOrpcError(errorDataOf(thrown))),
  );
  return events;
}

/** A file that ended the process which read it is named; everything else goes on, in a new process. */
function naming(paths: readonly string[]): (thrown: unknown) => never {
  return (thrown) => {
    if (
      !(thrown instanceof DriftcastError) ||
      (thrown.code !== 'engine-died' && thrown.code !== 'out-of-memory')
    )
      throw thrown;
    const [first = ''] = paths;
    const what =
      paths.length === 1 ? basename(first) : `${basename(first)} or one of ${paths.length - 1} more files`;
    throw new DriftcastError(
      thrown.code,
      `${what} made the program that reads files stop, so it was not opened. ${thrown.message}`,
      'Check the file with ncdump -h, or convert it with nccopy; nothing else is affected.',
      thrown.details === undefined ? {} : { details: thrown.details },
    );
  };
}
