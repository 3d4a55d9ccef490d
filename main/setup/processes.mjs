/** Starting other programs: found on PATH without starting them, run with their output kept or passed on. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * The full path of a program on PATH, or null. Looks at files only, so it costs next to nothing.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findProgram(name, env = process.env) {
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const ending of endings) {
      const path = join(folder, name + ending);
      try {
        accessSync(path, constants.X_OK);
        if (statSync(path).isFile()) return path;
      } catch {
        // not here: the next folder
      }
    }
  }
  return null;
}

/**
 * @typedef {object} Outcome
 * @property {number} code the exit code; 128 + signal number's stand-in (1) where a signal ended it
 * @property {string | null} signal the signal that ended it
 * @property {string} stdout
 * @property {string} stderr
 * @property {boolean} timedOut
 */

/**
 * Runs a program to its end and never throws: a program that cannot be started has code 127.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, output?: 'keep' | 'stderr' | 'inherit', timeout?: number }} [options]
 *   `keep` collects the output; `stderr` passes both streams on to our stderr; `inherit` passes them as they are;
 *   `timeout` in milliseconds ends the program
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { cwd, env, output = 'keep', timeout } = {}) {
  return new Promise((resolve) => {
    const stdio =
      output === 'keep'
        ? /** @type {const} */ (['ignore', 'pipe', 'pipe'])
        : output === 'stderr'
          ? /** @type {const} */ (['ignore', 2, 2])
          : /** @type {const} */ ('inherit');
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: /** @type {any} */ (stdio) });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, timeout);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, signal: null, stdout, stderr: stderr + error.message, timedOut });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, signal, stdout, stderr, timedOut });
    });
  });
}

/**
 * Hands the terminal over to a program and resolves with its exit code; interrupts that reach us are passed
 * on, so that the program can end in its own way.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function handOver(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => void child.kill(signal);
    for (const signal of signals) process.on(signal, pass);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve(code ?? (signal === 'SIGINT' ? 130 : signal === 'SIGTERM' ? 143 : 1));
    });
  });
}

/**
 * npm as a program and its first arguments: the one that started us where npm did, else the one that lies
 * beside Node, else whatever PATH has.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ command: string, args: string[] }}
 */
export function npm(env = process.env) {
  const beside = [
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const started = env.npm_execpath;
  const candidates = started && /npm-cli\.[cm]?js$/.test(started) ? [started, ...beside] : beside;
  const script = candidates.find((path) => existsSync(path));
  return script ? { command: process.execPath, args: [script] } : { command: 'npm', args: [] };
}

/** The last lines of a program's output, for the details of an error. @param {string} text @param {number} [lines] */
export function tail(text, lines = 12) {
  return text.trim().split('\n').slice(-lines).join('\n');
}
