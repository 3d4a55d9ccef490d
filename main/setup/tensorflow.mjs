/**
 * Puts libtensorflow into the user's cache folder: the C library and the few headers that the binding needs
 * out of TensorFlow's wheel and, for the CUDA build, NVIDIA's libraries where it looks for them.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder, fingerprint, readJson } from './paths.mjs';
import { tensorflowVersion, unpackedBytes, wheels } from './pins.mjs';
import { downloadWheel } from './pip.mjs';
import { megabytes, SetupError } from './report.mjs';
import { listWheel, placeBelow, unpackEntry } from './wheel.mjs';

/** @typedef {import('./pins.mjs').Build} Build */
/** @typedef {import('./pins.mjs').Wheel} Wheel */

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** What the binding's sources include, directly or not. */
const headers =
  /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/).*\.h$/;

/**
 * Where a file of a wheel goes below the build's folder, or null if it is not needed. TensorFlow's libraries
 * look for CUDA in `$ORIGIN/../nvidia/<library>/lib`, so `tensorflow/` and `nvidia/` lie side by side, as
 * they do in the wheels; headers and static libraries of CUDA stay behind.
 *
 * @param {string} name the path inside the wheel
 * @returns {string | null}
 */
export function placeOf(name) {
  if (libraries.some((library) => name === `tensorflow/${library}`)) return name;
  if (headers.test(name)) return name;
  if (/^nvidia\/[^/]+\/(lib|bin|nvvm)\//.test(name) && !/\.(a|py|h)$/.test(name)) return name;
  const licence = /^([^/]+)\.dist-info\/(?:licenses\/)?(LICEN[CS]E|License|NOTICE|THIRD_PARTY)[^/]*$/.exec(
    name,
  );
  return licence ? `licences/${licence[1]}/${name.split('/').at(-1)}` : null;
}

/**
 * The build's folder in the cache. Its name changes with every wheel it is made of, so a folder that exists
 * is whole and right.
 *
 * @param {Build} build
 * @param {{ cache?: string, list?: Wheel[] }} [options]
 */
export function tensorflowFolder(build, { cache = cacheFolder(), list = wheels[build] } = {}) {
  const mark = fingerprint(list.map((wheel) => wheel.sha256).join('\n'));
  return join(cache, `libtensorflow-${tensorflowVersion}-${build}-${mark}`);
}

/** Whether the build lies unpacked in a folder, every file at its full length. @param {string} folder */
export function isWhole(folder) {
  const manifest = readJson(join(folder, 'files.json'));
  if (!manifest) return false;
  return Object.entries(manifest).every(
    ([name, size]) => statSync(join(folder, name), { throwIfNoEntry: false })?.size === size,
  );
}

/**
 * Makes sure that a build lies in the cache, downloading and unpacking it if it does not.
 *
 * @param {Build} build
 * @param {import('./report.mjs').Report} report
 * @param {{ cache?: string, list?: Wheel[], download?: typeof downloadWheel }} [options] for tests: other wheels, another way to get them
 * @returns {Promise<string>} the folder that holds `tensorflow/` and, for CUDA, `nvidia/`
 * @throws {SetupError}
 */
export async function ensureTensorflow(build, report, options = {}) {
  const { cache = cacheFolder(), list = wheels[build], download = downloadWheel } = options;
  const folder = tensorflowFolder(build, { cache, list });
  if (isWhole(folder)) return folder;
  makeWritable(cache);
  return withLock(
    `${folder}.lock`,
    async () => {
      if (isWhole(folder)) return folder;
      sweep(cache);
      await checkSpace(cache, build, list);
      const temporary = join(cache, `unpacking-${process.pid}-${Date.now()}`);
      try {
        await fill(temporary, list, download, report);
        rmSync(folder, { recursive: true, force: true });
        renameSync(temporary, folder);
      } finally {
        rmSync(temporary, { recursive: true, force: true });
      }
      return folder;
    },
    { onWait: (owner) => report.note(`waiting for another set-up to unpack libtensorflow (${owner})`) },
  );
}

/**
 * Fetches, unpacks and deletes one wheel after the other, so that never more than one lies on the disk.
 *
 * @param {string} temporary
 * @param {Wheel[]} list
 * @param {typeof downloadWheel} download
 * @param {import('./report.mjs').Report} report
 */
async function fill(temporary, list, download, report) {
  /** @type {Record<string, number>} */
  const manifest = {};
  for (const wheel of list) {
    report.note(`downloading ${wheel.project} ${wheel.version}, ${megabytes(wheel.bytes)}`);
    report.progress(0, wheel.bytes);
    const downloads = join(temporary, 'download');
    const path = await download(wheel, downloads, (bytes) => report.progress(bytes, wheel.bytes));
    const wanted = (await listWheel(path)).flatMap((entry) => {
      const place = placeOf(entry.name);
      return place === null ? [] : [{ entry, place }];
    });
    const total = wanted.reduce((sum, { entry }) => sum + entry.size, 0);
    report.note(`unpacking ${wheel.project}, ${megabytes(total)}`);
    for (const { entry, place } of wanted) {
      const target = placeBelow(temporary, place);
      await unpackEntry(path, entry, target);
      if (place.includes('/bin/')) chmodSync(target, 0o755);
      manifest[place] = entry.size;
    }
    rmSync(downloads, { recursive: true, force: true });
  }
  const missing = libraries.filter((library) => !(`tensorflow/${library}` in manifest));
  if (missing.length > 0) {
    throw new SetupError(
      'corrupt',
      `The TensorFlow wheel lacks ${missing.join(' and ')}; Driftcast computes in JavaScript instead.`,
    );
  }
  for (const library of libraries) {
    const plain = library.replace('_cc.so.2', '.so').replace('.so.2', '.so');
    symlinkSync(library, join(temporary, 'tensorflow', plain));
  }
  writeFileSync(join(temporary, 'files.json'), JSON.stringify(manifest));
}

/** @param {string} cache */
function makeWritable(cache) {
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new SetupError(
      'disk',
      `The cache folder ${cache} cannot be made (${/** @type {Error} */ (error).message}); point DRIFTCAST_CACHE to a folder that can be written.`,
    );
  }
}

/** Removes what set-ups that died left half unpacked; only called under the lock. @param {string} cache */
function sweep(cache) {
  for (const name of readdirSync(cache)) {
    const owner = /^unpacking-(\d+)-/.exec(name)?.[1];
    if (owner === undefined) continue;
    const path = join(cache, name);
    const old = Date.now() - statSync(path).mtimeMs > 60_000;
    if (old && !isAlive(Number(owner))) rmSync(path, { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} cache @param {Build} build @param {Wheel[]} list */
async function checkSpace(cache, build, list) {
  const needed = unpackedBytes[build] + Math.max(...list.map((wheel) => wheel.bytes));
  const existing = existsSync(cache) ? cache : dirname(cache);
  const { bavail, bsize } = await statfs(existing);
  if (bavail * bsize >= needed) return;
  throw new SetupError(
    'disk',
    `The disk that holds ${cache} has ${megabytes(bavail * bsize)} free, but libtensorflow needs ${megabytes(needed)}; free some, or point DRIFTCAST_CACHE to a roomier folder, and start again.`,
  );
}
