/**
 * Makes tfjs' native add-on load: points the package's `deps` at the cached libtensorflow, takes the add-on
 * from the cache or compiles it, and tries it in a process of its own, since a processor without the
 * instructions that TensorFlow was compiled for ends the process without a word.
 */
import { copyFileSync, existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, readJson, root } from './paths.mjs';
import { tensorflowVersion } from './pins.mjs';
import { findPython } from './pip.mjs';
import { findProgram, run, tail } from './processes.mjs';
import { SetupError } from './report.mjs';

/** tfjs' package, whose `lib/napi-v8` is where it looks for the add-on. */
export const bindingPackage = join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');

/** The add-on's path in a checkout. @param {string} [folder] the package's folder */
export function bindingPath(folder = bindingPackage) {
  return join(folder, 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** Whether the package's links lead to this build. @param {string} tensorflow its folder in the cache @param {string} [folder] */
export function isLinked(tensorflow, folder = bindingPackage) {
  try {
    return readlinkSync(join(folder, 'deps', 'lib')) === join(tensorflow, 'tensorflow');
  } catch {
    return false;
  }
}

/**
 * Makes the add-on ready for a build of libtensorflow.
 *
 * @param {string} tensorflow the build's folder in the cache
 * @param {import('./report.mjs').Report} report
 * @param {{ folder?: string, cache?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} the version of TensorFlow that answered
 * @throws {SetupError} `compiler`, `python`, `network`, or `platform` where it cannot run on this machine
 */
export async function ensureBinding(tensorflow, report, options = {}) {
  const { folder = bindingPackage, cache = cacheFolder(), env = process.env } = options;
  link(join(tensorflow, 'tensorflow'), join(folder, 'deps', 'lib'));
  link(join(tensorflow, 'tensorflow', 'include'), join(folder, 'deps', 'include'));
  const target = bindingPath(folder);
  const kept = keptBinding(folder, cache);
  if (existsSync(kept)) {
    place(kept, target);
    const version = await tryBinding(target, env);
    if (version.ok) return version.text;
    report.note('the kept binding does not load here any more; compiling it anew');
  }
  await compile(folder, target, report, env);
  const version = await tryBinding(target, env);
  if (!version.ok) {
    rmSync(target, { force: true });
    throw new SetupError('platform', version.text, version.details);
  }
  place(target, kept);
  return version.text;
}

/**
 * Where the compiled add-on is kept for other checkouts. It depends on tfjs, TensorFlow's C API, the platform
 * and the Node-API version, and on nothing else of Node.
 *
 * @param {string} folder
 * @param {string} cache
 */
function keptBinding(folder, cache) {
  const tfjs = readJson(join(folder, 'package.json'))?.version ?? 'unknown';
  const name = `binding-tfjs${tfjs}-tensorflow${tensorflowVersion}-${process.platform}-${process.arch}-napi8`;
  return join(cache, name, 'tfjs_binding.node');
}

/** Replaces whatever lies at `path` by a link. @param {string} to @param {string} path */
function link(to, path) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  symlinkSync(to, temporary);
  try {
    renameSync(temporary, path);
  } catch {
    rmSync(path, { recursive: true, force: true });
    renameSync(temporary, path);
  }
}

/** Copies a file into its place in one step. @param {string} from @param {string} to */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${process.pid}.tmp`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}

/**
 * @param {string} folder
 * @param {string} target
 * @param {import('./report.mjs').Report} report
 * @param {NodeJS.ProcessEnv} env
 */
async function compile(folder, target, report, env) {
  const missing = ['g++', 'make'].filter((name) => !findProgram(name, env));
  if (
    missing.length === 2 ||
    (missing.includes('g++') && !findProgram('c++', env)) ||
    missing.includes('make')
  ) {
    throw new SetupError(
      'compiler',
      `A C++ compiler is needed once to build the binding to libtensorflow, but ${missing.join(' and ')} cannot be found; install them (on Debian: apt install g++ make) and start again.`,
    );
  }
  const python = findPython(env);
  if (!python) {
    throw new SetupError(
      'python',
      'Python 3 is needed once to build the binding to libtensorflow; install python3 and start again.',
    );
  }
  report.note('compiling the binding, about 15 seconds');
  const output = join(folder, 'lib', `building-${process.pid}`);
  const tool = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const headers = nodeHeaders();
  const outcome = await run(
    process.execPath,
    [
      ...[tool, 'rebuild', '--jobs=2', '--napi_build_version=8', '--module_name=tfjs_binding'],
      ...[`--module_path=${output}`, `--python=${python}`, ...(headers ? [`--nodedir=${headers}`] : [])],
    ],
    { cwd: folder, env },
  );
  const built = join(output, 'tfjs_binding.node');
  try {
    if (outcome.code !== 0 || !existsSync(built)) throw explain(`${outcome.stdout}\n${outcome.stderr}`);
    place(built, target);
  } finally {
    rmSync(output, { recursive: true, force: true });
    rmSync(join(folder, 'build'), { recursive: true, force: true });
  }
}

/** The folder whose include/node has the headers of the Node that runs, or null where they were not installed with it. */
function nodeHeaders() {
  const folder = join(dirname(process.execPath), '..');
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : null;
}

/** @param {string} said */
function explain(said) {
  if (
    /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|getaddrinfo|status code|download.*failed/i.test(
      said,
    )
  ) {
    return new SetupError(
      'network',
      "Node's header files, which the binding to libtensorflow needs, lie neither beside Node nor could they be downloaded; check the network or install them (on Debian: apt install libnode-dev) and start again.",
      tail(said),
    );
  }
  return new SetupError(
    'compiler',
    'The binding to libtensorflow could not be compiled; the last lines of the compiler say why (g++ 9 or newer and make are needed).',
    tail(said, 20),
  );
}

/**
 * Loads the add-on in a process of its own.
 *
 * @param {string} path
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ ok: boolean, text: string, details: string }>} TensorFlow's version, or the sentence that says why not
 */
async function tryBinding(path, env) {
  const script = 'process.stdout.write(String(require(process.argv[1]).TF_Version))';
  const outcome = await run(process.execPath, ['-e', script, path], { env, timeout: 120_000 });
  const details = tail(outcome.stderr);
  if (outcome.code === 0 && outcome.stdout !== '') return { ok: true, text: outcome.stdout, details };
  const why =
    outcome.signal === 'SIGILL'
      ? 'this processor lacks instructions that libtensorflow is compiled for (AVX)'
      : /GLIBC|libstdc\+\+|version `/.test(outcome.stderr)
        ? "this system's C library is older than libtensorflow needs (glibc 2.27)"
        : `it does not load (${
            outcome.stderr
              .trim()
              .split('\n')
              .find((line) => line.includes('Error')) ??
            outcome.signal ??
            `exit code ${outcome.code}`
          })`;
  return { ok: false, text: `libtensorflow cannot be used here: ${why}.`, details };
}
