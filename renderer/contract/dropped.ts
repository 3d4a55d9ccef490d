/** The files of a drop: those that were dropped, and in a browser those in folders that were. */

function readAll(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  return new Promise((resolve, reject) => {
    // A reader answers a hundred at a time, and nothing once it is through.
    const next = () =>
      reader.readEntries((entries) => {
        if (entries.length === 0) {
          resolve(found);
          return;
        }
        found.push(...entries);
        next();
      }, reject);
    next();
  });
}

async function filesOf(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  }
  const files: File[] = [];
  for (const inner of await readAll(entry as FileSystemDirectoryEntry)) {
    if (inner.isDirectory || /\.(nc|nc3|nc4|cdf|netcdf|h5|hdf5|he5)$/i.test(inner.name)) {
      files.push(...(await filesOf(inner)));
    }
  }
  return files;
}

/** `asFolders`: the shell resolves a folder by itself, so it stays one entry. */
export async function droppedFiles(transfer: DataTransfer, asFolders: boolean): Promise<File[]> {
  const files = [...transfer.files];
  // Entries can be had during the drop alone.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (asFolders || !entries.some((entry) => entry.isDirectory)) return files;
  return (await Promise.all(entries.map(filesOf))).flat();
}
