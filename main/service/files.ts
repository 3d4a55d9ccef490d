/** Topic `files`: opening data files and reading what is in them, all through the engine's files lane. */
import type { z } from 'zod';
import type { openingSchema } from '#shared/contract/index.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { asOrpcError, errorDataOf, requireTrust } from './errors.ts';
import { EventStream } from './events.ts';
import { describeRecent, type OpenedFiles } from './opened-files.ts';

type Opening = z.infer<typeof openingSchema>;

export function filesTopic({ os, files }: Core, opened: OpenedFiles) {
  async function openPaths(
    given: readonly string[],
    token: string,
    statistics: boolean,
    signal?: AbortSignal,
    onEvent?: (event: { fraction: number | null; message: string }) => void,
  ) {
    // Says which path is wrong before anything is read.
    const { paths } = await opened.open(given);
    const summary = await files.call('inspect', { paths, statistics }, { signal, onEvent });
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
      const stop = new AbortController();
      const events = new EventStream<Opening>(({ kind }) => kind).endOn(signal);
      events.onEnd(() => stop.abort());
      openPaths(paths, token, input.statistics, stop.signal, ({ fraction, message }) =>
        events.push({ kind: 'progress', fraction, message }),
      ).then(
        (file) => {
          events.push({ kind: 'opened', file, token });
          events.end();
        },
        // What comes later than the answer does not pass the middleware that makes error data of it.
        (thrown: unknown) => events.fail(asOrpcError(errorDataOf(thrown))),
      );
      return events;
    }),
    recent: os.files.recent.handler(async ({ context }) =>
      (await opened.recent()).map((file) => describeRecent(file, context.trusted)),
    ),
    statistics: os.files.statistics.handler(async ({ input: { file, variable }, signal }) =>
      files.call('statistics', { paths: await opened.paths(file), variable }, { signal }),
    ),
    rhythm: os.files.rhythm.handler(async ({ input: { file, variable, slices }, signal }) =>
      files.call('rhythm', { paths: await opened.paths(file), variable, slices }, { signal }),
    ),
    grid: os.files.grid.handler(async ({ input: { file, variable } }) =>
      files.call('grid', { paths: await opened.paths(file), variable }),
    ),
  };
}
