/** The ways in which a desktop hands over files: a command line, a file manager, a dialog, the list of recent ones. */
import { fileHash } from '#shared/shell.ts';
import type { DesktopService, ElectronModule, Shown } from './parts.ts';
import { appOrigin } from './scheme.ts';

const dataFiles = [
  { name: 'Gridded data', extensions: ['nc', 'nc3', 'nc4', 'cdf', 'netcdf', 'h5', 'hdf5', 'zarr'] },
  { name: 'All files', extensions: ['*'] },
];

export type FileOpener = ReturnType<typeof fileOpener>;

export function fileOpener(
  { app, dialog }: Pick<ElectronModule, 'app' | 'dialog'>,
  { client, tokenForPath }: Pick<DesktopService, 'client' | 'tokenForPath'>,
  shown: Shown,
) {
  /** For a path that a person chose; the system's own list of recent documents learns of it too. */
  const token = (path: string): Promise<string> => {
    app.addRecentDocument(path);
    return tokenForPath(path);
  };
  /**
   * The part of the address that shows the last of the files; empty for none. The page opens that one itself, and
   * says what is wrong with it where something is; the others only get into the list of recent files.
   */
  const hashOf = async (paths: readonly string[]): Promise<string> => {
    const last = paths.at(-1);
    if (last === undefined) return '';
    for (const path of paths.slice(0, -1)) await client.files.open({ path }).catch(() => null);
    return fileHash(await token(last));
  };
  const go = async (hash: string): Promise<void> => {
    if (hash !== '') await shown()?.loadURL(`${appOrigin}/${hash}`);
  };
  return {
    token,
    hashOf,
    show: async (paths: readonly string[]) => go(await hashOf(paths)),
    showRecent: (recent: string) => go(fileHash(recent)),
    /** Paths that a person picks; a Zarr store is a folder, and only macOS has one dialog for both. */
    async choose(what: 'openFile' | 'openDirectory'): Promise<string[]> {
      const kinds = process.platform === 'darwin' ? (['openFile', 'openDirectory'] as const) : [what];
      const properties = [...kinds, 'multiSelections' as const];
      const options = { properties, filters: what === 'openFile' ? dataFiles : [] };
      const parent = shown();
      const chosen = parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options);
      return (await chosen).filePaths;
    },
  };
}
