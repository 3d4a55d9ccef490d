/**
 * Tells a thread that looks on whether the HDF5 library still gets on: in some damaged files it goes in circles, and
 * then no other code of its own thread runs any more.
 */
const [elsewhere, searching, waitingForDisk] = [0, 1, 2];

/** Two numbers that another thread may read: what the library does, as above, and how often it has read from the disk. */
export const hdf5Clock = new Int32Array(new SharedArrayBuffer(8));
/** The first of the two numbers while nothing but the library itself can be what takes so long. */
export const hdf5Searching = searching;

/** Looks through a file's table of contents with the library, which has to read on every few seconds. */
export function searchTimed<Result>(search: () => Result): Result {
  Atomics.store(hdf5Clock, 0, searching);
  try {
    return search();
  } finally {
    Atomics.store(hdf5Clock, 0, elsewhere);
  }
}

/** Reads from the disk, which may take as long as it does: it may be at the other end of a slow network. */
export function readTimed<Result>(read: () => Result): Result {
  const before = Atomics.exchange(hdf5Clock, 0, waitingForDisk);
  try {
    return read();
  } finally {
    Atomics.add(hdf5Clock, 1, 1);
    Atomics.store(hdf5Clock, 0, before);
  }
}
