/** Topic `files`: opening data files and reading what is in them, all through the engine's files lane. */
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { describeRecent, type OpenedFiles } from './opened-files.ts';

export function filesTopic({ os, files }: Core, opened: OpenedFiles) {
  async function openPath(path: string, token: string, statistics: boolean, signal?: AbortSignal) {
    const file = await opened.open(path);
    const summary = await files.call('inspect', { path: file.path, statistics }, { signal });
    await opened.remember(file.path, token);
    return { id: file.id, summary, opened: new Date().toISOString() };
  }

  return {
    open: os.files.open.handler(async ({ input, context, signal }) => {
      requireTrust(context, 'open a file by its path', 'Drop the file on the window or choose it there.');
      return openPath(input.path, await opened.tokenFor(input.path), input.statistics, signal);
    }),
    openToken: os.files.openToken.handler(async ({ input, signal }) =>
      openPath(await opened.pathOfToken(input.token), input.token, false, signal),
    ),
    recent: os.files.recent.handler(async ({ context }) =>
      (await opened.recent()).map((file) => describeRecent(file, context.trusted)),
    ),
    statistics: os.files.statistics.handler(async ({ input, signal }) =>
      files.call('statistics', { path: await opened.path(input.file), variable: input.variable }, { signal }),
    ),
    rhythm: os.files.rhythm.handler(async ({ input: { file, variable, slices }, signal }) =>
      files.call('rhythm', { path: await opened.path(file), variable, slices }, { signal }),
    ),
    grid: os.files.grid.handler(async ({ input, signal }) =>
      files.call('grid', { path: await opened.path(input.file), variable: input.variable }, { signal }),
    ),
  };
}
