/** Decides between the CPU and the CUDA build: by what the user says, else by whether nvidia-smi lists a GPU. */
import { findProgram, run } from './processes.mjs';
import { SetupError } from './report.mjs';

/** @typedef {'auto' | 'cpu' | 'cuda' | 'none'} Choice */

const choices = /** @type {Choice[]} */ (['auto', 'cpu', 'cuda', 'none']);

/**
 * The build that was asked for: `--tensorflow=…` before `DRIFTCAST_TENSORFLOW` before what an earlier set-up
 * was told; `auto` forgets the latter.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string | undefined} remembered
 * @returns {Choice}
 * @throws {SetupError} for a word that is none of the choices
 */
export function chosenBuild(args, env, remembered) {
  const option = args.find((arg) => arg.startsWith('--tensorflow='))?.slice('--tensorflow='.length);
  const word = option ?? (env.DRIFTCAST_TENSORFLOW || remembered || 'auto');
  const choice = choices.find((known) => known === word);
  if (choice) return choice;
  throw new SetupError(
    'other',
    `"${word}" is no build of libtensorflow; choose one of ${choices.join(', ')}.`,
  );
}

/**
 * Whether a GPU is here that the CUDA build could use. That it is listed does not yet mean that it works:
 * the engine tells at run time, and the CUDA build computes on the CPU where it does not.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ detected: boolean, reason: string }>}
 */
export async function detectGpu(env = process.env) {
  const program = findProgram('nvidia-smi', env);
  if (!program)
    return { detected: false, reason: 'No NVIDIA driver is installed: nvidia-smi is not on PATH.' };
  const outcome = await run(program, ['-L'], { env, timeout: 20_000 });
  const listed = outcome.stdout.split('\n').filter((line) => /^GPU \d+/.test(line));
  if (outcome.code === 0 && listed.length > 0) {
    const names = listed.map((line) => line.replace(/\s*\(UUID.*$/, ''));
    return { detected: true, reason: `nvidia-smi lists ${names.join(', ')}.` };
  }
  return { detected: false, reason: 'nvidia-smi is installed but lists no GPU.' };
}
