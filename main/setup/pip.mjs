/**
 * Fetches wheels through the user's own pip, whose configuration decides which index or mirror is asked;
 * no address is written here. The hash is checked twice: by pip, and by us before anything is unpacked.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { watchGrowth } from './growth.mjs';
import { pythonVersion } from './pins.mjs';
import { findProgram, run, tail } from './processes.mjs';
import { SetupError } from './report.mjs';
import { diskFull, hashOf } from './wheel.mjs';

/** @typedef {import('./pins.mjs').Wheel} Wheel */

/** The Python on PATH, or null. @param {NodeJS.ProcessEnv} [env] */
export function findPython(env = process.env) {
  return findProgram('python3', env) ?? findProgram('python', env);
}

/**
 * Downloads one wheel into a folder.
 *
 * @param {Wheel} wheel
 * @param {string} folder made if absent; must hold no other wheel
 * @param {(bytes: number) => void} [onBytes] bytes downloaded so far
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string>} the wheel's path
 * @throws {SetupError} `python`, `network`, `disk` or `corrupt`
 */
export async function downloadWheel(wheel, folder, onBytes = () => {}, env = process.env) {
  const python = findPython(env);
  if (!python) {
    throw new SetupError(
      'python',
      'Python 3 is missing, which fetches libtensorflow; install python3 with pip (on Debian: apt install python3-pip) and start again.',
    );
  }
  const temporary = join(folder, 'pip');
  mkdirSync(temporary, { recursive: true });
  const wanted = join(folder, 'wanted.txt');
  writeFileSync(wanted, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const stop = watchGrowth([temporary], onBytes);
  const outcome = await run(python, pipArguments(wheel, folder, wanted), {
    env: { ...env, TMPDIR: temporary, PIP_DISABLE_PIP_VERSION_CHECK: '1' },
  }).finally(stop);
  rmSync(temporary, { recursive: true, force: true });
  rmSync(wanted, { force: true });
  if (outcome.code !== 0) throw explain(wheel, folder, `${outcome.stdout}\n${outcome.stderr}`);
  const name = readdirSync(folder).find((entry) => entry.endsWith('.whl'));
  const path = join(folder, name ?? '');
  if (!name || (await hashOf(path)) !== wheel.sha256) {
    rmSync(path, { recursive: true, force: true });
    throw wrongHash(wheel);
  }
  return path;
}

/** @param {Wheel} wheel @param {string} folder @param {string} wanted */
function pipArguments(wheel, folder, wanted) {
  return [
    ...['-m', 'pip', 'download', '--no-deps', '--require-hashes', '--only-binary=:all:', '--no-cache-dir'],
    ...['--progress-bar', 'off', '--python-version', pythonVersion, '--platform', wheel.platform],
    ...['--dest', folder, '--requirement', wanted],
  ];
}

/**
 * One sentence for what pip said at length.
 *
 * @param {Wheel} wheel
 * @param {string} folder
 * @param {string} said
 * @returns {SetupError}
 */
function explain(wheel, folder, said) {
  if (/No module named '?pip/.test(said)) {
    return new SetupError(
      'python',
      'Python is here but its pip is missing, which fetches libtensorflow; install it (on Debian: apt install python3-pip) and start again.',
      tail(said),
    );
  }
  if (/No space left on device|Errno 28/.test(said)) return diskFull(folder);
  if (/DO NOT MATCH THE HASHES/.test(said)) return wrongHash(wheel);
  if (
    /No matching distribution|Could not find a version|Connection|resolve|timed? ?out|HTTPError|ProxyError|SSLError|Network/i.test(
      said,
    )
  ) {
    return new SetupError(
      'network',
      `pip could not get ${wheel.project} ${wheel.version} from the package index; check the network or pip's index settings and start again.`,
      tail(said),
    );
  }
  return new SetupError(
    'other',
    `pip failed while fetching ${wheel.project} ${wheel.version}${said.trim() ? '; its last lines say why' : ' and did not say why; try "python3 -m pip --version"'}.`,
    tail(said),
  );
}

/** @param {Wheel} wheel */
function wrongHash(wheel) {
  return new SetupError(
    'corrupt',
    `The downloaded ${wheel.project} ${wheel.version} is not the expected file (its SHA-256 differs) and was thrown away; start again, and check pip's index if it happens again.`,
  );
}
