/**
 * Brings a checkout from whatever state it is in to one that runs, doing only what is missing. Packages and
 * the app's build it cannot do without; libtensorflow, the binding and Electron it can, with a sentence
 * that says what is missing and what takes over.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bindingPackage, bindingPath, ensureBinding, isLinked } from './binding.mjs';
import { bundle, isBundled } from './bundle.mjs';
import { areDependenciesCurrent, installDependencies, linkOwnCommand } from './dependencies.mjs';
import { ensureElectron, findElectron } from './electron.mjs';
import { readFacts, writeFacts } from './facts.mjs';
import { chosenBuild, detectGpu } from './gpu.mjs';
import { withLock } from './lock.mjs';
import { buildFolder, cacheFolder, fingerprint, readJson } from './paths.mjs';
import { tensorflowVersion, wheels } from './pins.mjs';
import { findPython } from './pip.mjs';
import { findProgram } from './processes.mjs';
import { createReport, megabytes, SetupError } from './report.mjs';
import { ensureTensorflow, tensorflowFolder } from './tensorflow.mjs';

/** @typedef {import('./facts.mjs').SetupFacts} SetupFacts */
/** @typedef {import('./pins.mjs').Build} Build */
/** @typedef {import('./report.mjs').Report} Report */

/** How long a download that failed is not tried again unless `--retry` says so. */
const hour = 3_600_000;
const day = 24 * hour;
const atOnce = new Date(0).toISOString();

/**
 * Does what is missing. Silent and quick (about a tenth of a second) where nothing is.
 *
 * @param {object} options
 * @param {boolean} [options.compute] libtensorflow and the binding are wanted
 * @param {boolean} [options.electron] the Electron program is wanted
 * @param {boolean} [options.app] the app's build is wanted
 * @param {string[]} [options.args] the command's arguments; `--retry` and `--tensorflow=…` are for the set-up
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {Report} [options.report]
 * @returns {Promise<SetupFacts>}
 * @throws {SetupError} where packages cannot be installed or the app cannot be built
 */
export async function prepare(options) {
  const { compute = true, electron = false, app = true, args = [], env = process.env } = options;
  const report = options.report ?? createReport({ phases: 5 });
  const retry = args.includes('--retry');
  const before = readFacts() ?? noFacts();
  const choice = chosenBuild(args, env, before.memory.choice);
  const isDone = () =>
    !retry &&
    areDependenciesCurrent() &&
    (!compute || isComputeSettled(readFacts(), choice, env)) &&
    (!electron || isElectronSettled(readFacts(), env));
  let facts = before;
  if (!isDone()) {
    facts = await withLock(
      join(buildFolder, 'set-up.lock'),
      async () => {
        // Another set-up may have done it all while we waited.
        if (isDone()) return readFacts() ?? before;
        if (!areDependenciesCurrent()) {
          report.phase(1, 'npm packages, as the lockfile names them');
          await installDependencies(report, env);
        }
        let now = readFacts() ?? before;
        if (compute && (retry || !isComputeSettled(now, choice, env)))
          now = await setUpCompute(now, choice, report, env);
        if (electron && (retry || !isElectronSettled(now, env))) now = await setUpElectron(now, report, env);
        return now;
      },
      { onWait: (owner) => report.note(`Driftcast set-up: waiting for another one to finish (${owner})`) },
    );
  }
  linkOwnCommand();
  if (app && !isBundled()) {
    report.phase(5, 'building the app');
    await bundle(report);
  }
  return facts;
}

/**
 * Arguments without those that are for the set-up.
 *
 * @param {string[]} args
 */
export function withoutSetupArguments(args) {
  return args.filter((arg) => arg !== '--retry' && !arg.startsWith('--tensorflow='));
}

/** @returns {SetupFacts} what is known before the first set-up */
function noFacts() {
  const reason = 'Driftcast has not been set up yet; npm start does it.';
  return {
    formatVersion: 1,
    updated: new Date().toISOString(),
    tensorflow: { available: false, build: null, version: tensorflowVersion, path: null, reason },
    binding: { available: false, path: null, reason },
    electron: { available: false, path: null, reason },
    gpu: { detected: false, reason: 'No GPU has been looked for yet.' },
    memory: { choice: 'auto', environment: '', retryAfter: null, electronRetryAfter: atOnce },
  };
}

/**
 * Everything that, when it changes, makes it worth setting up anew. As long as something is missing that
 * includes the tools that were looked for, so that installing one is noticed at once.
 *
 * @param {boolean} ready
 * @param {string} choice
 * @param {NodeJS.ProcessEnv} env
 */
function environmentOf(ready, choice, env) {
  const tfjs = readJson(join(bindingPackage, 'package.json'))?.version;
  const tools = ready
    ? []
    : [findPython(env), findProgram('g++', env), findProgram('c++', env), findProgram('make', env)];
  const driver = findProgram('nvidia-smi', env);
  const pins = Object.values(wheels)
    .flat()
    .map((wheel) => wheel.sha256);
  return fingerprint(
    JSON.stringify([choice, process.platform, process.arch, cacheFolder(env), tfjs, driver, tools, pins]),
  );
}

/** @param {SetupFacts | null} facts @param {string} choice @param {NodeJS.ProcessEnv} env */
function isComputeSettled(facts, choice, env) {
  if (!facts || facts.memory.environment !== environmentOf(facts.binding.available, choice, env))
    return false;
  if (!facts.binding.available) return isAhead(facts.memory.retryAfter);
  return (
    existsSync(bindingPath()) &&
    isLinked(facts.tensorflow.path ?? '') &&
    existsSync(join(facts.tensorflow.path ?? '', 'files.json'))
  );
}

/** @param {SetupFacts | null} facts @param {NodeJS.ProcessEnv} env */
function isElectronSettled(facts, env) {
  if (!facts) return false;
  if (findElectron(env) !== facts.electron.path) return false;
  return (
    facts.electron.available || env.DRIFTCAST_ELECTRON === 'skip' || isAhead(facts.memory.electronRetryAfter)
  );
}

/** Whether a time lies ahead; null is the end of time. @param {string | null} time */
function isAhead(time) {
  return time === null || Date.parse(time) > Date.now();
}

/** @param {number} span milliseconds */
function after(span) {
  return new Date(Date.now() + span).toISOString();
}

/**
 * @param {SetupFacts} facts
 * @param {import('./gpu.mjs').Choice} choice
 * @param {Report} report
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<SetupFacts>}
 */
async function setUpCompute(facts, choice, report, env) {
  const gpu = await detectGpu(env);
  /** @type {SetupFacts} */
  const next = { ...facts, updated: new Date().toISOString(), gpu };
  const wanted = choice === 'auto' ? (gpu.detected ? 'cuda' : 'cpu') : choice;
  const builds = /** @type {Build[]} */ (choice === 'auto' && wanted === 'cuda' ? ['cuda', 'cpu'] : [wanted]);
  /** @type {SetupError | null} */
  let failure = unsupported(choice);
  if (failure === null) {
    for (const build of builds) {
      failure = await setUpBuild(build, next, report, env);
      if (failure === null) break;
      if (build !== builds.at(-1)) report.warn(`${failure.message} Trying the CPU build.`, failure.details);
    }
  }
  if (failure !== null) {
    const asked = choice === 'none';
    if (next.tensorflow.build === null)
      Object.assign(next.tensorflow, { available: false, path: null, reason: failure.message });
    next.binding = { available: false, path: null, reason: failure.message };
    // What lies there from an earlier set-up is not what was asked for, or does not load.
    rmSync(bindingPath(), { force: true });
    if (!asked)
      report.warn(`${failure.message} Until then the slow JavaScript backend computes.`, failure.details);
  }
  const passing =
    failure !== null && ['network', 'corrupt', 'disk', 'other'].includes(failure.kind) && choice !== 'none';
  next.memory = {
    ...next.memory,
    choice,
    environment: environmentOf(failure === null, choice, env),
    retryAfter: passing ? after(hour) : null,
  };
  writeFacts(next);
  return next;
}

/**
 * @param {Build} build
 * @param {SetupFacts} next is changed: what this build comes to
 * @param {Report} report
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<SetupError | null>} null where all went well
 */
async function setUpBuild(build, next, report, env) {
  next.tensorflow = { available: false, build: null, version: tensorflowVersion, path: null, reason: '' };
  try {
    const cache = cacheFolder(env);
    const size = wheels[build].reduce((sum, wheel) => sum + wheel.bytes, 0);
    const here = existsSync(tensorflowFolder(build, { cache }));
    report.phase(
      2,
      `libtensorflow ${tensorflowVersion}, ${build === 'cuda' ? 'CUDA' : 'CPU'} build, ${here ? 'from the cache' : megabytes(size)}`,
    );
    const path = await ensureTensorflow(build, report, { cache });
    const reason = `libtensorflow ${tensorflowVersion} (${build === 'cuda' ? 'CUDA' : 'CPU'} build) lies in ${path}.`;
    next.tensorflow = { available: true, build, version: tensorflowVersion, path, reason };
    report.phase(3, 'the binding between tfjs and libtensorflow');
    const version = await ensureBinding(path, report, { cache, env });
    next.binding = {
      available: true,
      path: bindingPath(),
      reason: `The binding loads TensorFlow ${version}.`,
    };
    return null;
  } catch (error) {
    return asSetupError(error);
  }
}

/** @param {unknown} error @returns {SetupError} */
function asSetupError(error) {
  if (error instanceof SetupError) return error;
  const problem = /** @type {NodeJS.ErrnoException} */ (error);
  if (
    problem.code === 'ENOSPC' ||
    problem.code === 'EACCES' ||
    problem.code === 'EROFS' ||
    problem.code === 'EDQUOT'
  ) {
    return new SetupError(
      'disk',
      `Setting up libtensorflow could not write a file (${problem.message}); free some space or point DRIFTCAST_CACHE elsewhere, and start again.`,
    );
  }
  return new SetupError(
    'other',
    `Setting up libtensorflow failed: ${problem.message ?? problem}.`,
    problem.stack ?? '',
  );
}

/** Why libtensorflow is not even tried, or null. @param {string} choice @returns {SetupError | null} */
function unsupported(choice) {
  if (choice === 'none')
    return new SetupError(
      'platform',
      'libtensorflow was left out, because the set-up was told so (none); --tensorflow=auto brings it back.',
    );
  if (process.platform === 'linux' && process.arch === 'x64') return null;
  return new SetupError(
    'platform',
    `There is no libtensorflow for this system (${process.platform} ${process.arch}) that Driftcast can use; 64-bit x86 Linux has one.`,
  );
}

/** @param {SetupFacts} facts @param {Report} report @param {NodeJS.ProcessEnv} env @returns {Promise<SetupFacts>} */
async function setUpElectron(facts, report, env) {
  report.phase(4, 'Electron, for a window of its own');
  const skipped = env.DRIFTCAST_ELECTRON === 'skip';
  const electron = { ...(await ensureElectron(report, { env })), ...(skipped ? { skipped } : {}) };
  if (!electron.available) report.warn(electron.reason);
  const next = {
    ...facts,
    updated: new Date().toISOString(),
    electron,
    memory: {
      ...facts.memory,
      electronRetryAfter: electron.available ? null : skipped ? atOnce : after(day),
    },
  };
  writeFacts(next);
  return next;
}
