/**
 * A checkout in miniature: the real set-up among stand-ins for npm, node-gyp, Vite, pip and the compiler.
 * Each stand-in notes that it was called, so that a test can tell what a start did and what it left out.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SetupFacts } from '../../main/setup/facts.mjs';
import { tensorflowFolder } from '../../main/setup/tensorflow.mjs';
import { fakeProgram, temporaryFolder } from './fakes.ts';

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface Checkout {
  folder: string;
  /** The folder that is put first on PATH; add or remove programs there. */
  bin: string;
  cache: string;
  env: Record<string, string>;
  /** Runs one of the set-up's commands. */
  run(command: string, args?: string[], env?: Record<string, string>): Promise<Ended>;
  /** Which stand-ins have been called since the last time this was asked. */
  calls(): string[];
  facts(): SetupFacts;
  write(path: string, text: string): void;
}

const entry = (name: string) =>
  `process.stdout.write(JSON.stringify({ name: '${name}', args: process.argv.slice(2) }));`;

/** @param cache another checkout's cache, or a new one that holds libtensorflow already */
export function smallCheckout(cache?: string): Checkout {
  const folder = temporaryFolder();
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls.log');
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const note = `require('fs').appendFileSync(${JSON.stringify(log)}, name + '\\n');`;
  cpSync(resolve('main/setup'), join(folder, 'main/setup'), { recursive: true });
  write('package.json', '{ "type": "module" }');
  write(
    'package-lock.json',
    JSON.stringify({ packages: { '': {}, 'node_modules/zod': { version: '1.0.0' } } }),
  );
  write('main/cli/main.ts', entry('cli'));
  write('main/web/main.ts', entry('web'));
  write('stand-ins/package.json', '{ "type": "commonjs" }');
  // Node_modules come from "npm ci", as they would: the tools in them are stand-ins too.
  write(
    'stand-ins/npm-cli.js',
    `if (process.argv[2] === 'config') { console.log(process.env.REGISTRY ?? 'undefined'); process.exit(0); }
    const name = process.argv.includes('--offline') ? 'npm, offline' : 'npm'; ${note}
    const fs = require('fs'), path = require('path');
    if (process.env.NPM_FAILS) { console.error('npm error network'); process.exit(1); }
    fs.cpSync(path.join(__dirname, 'modules'), 'node_modules', { recursive: true });
    fs.writeFileSync('node_modules/.package-lock.json', fs.readFileSync('package-lock.json'));`,
  );
  const modules = 'stand-ins/modules';
  write(`${modules}/package.json`, '{ "type": "commonjs" }');
  write(`${modules}/@tensorflow/tfjs-node-gpu/package.json`, '{ "version": "4.22.0" }');
  write(
    `${modules}/node-gyp/bin/node-gyp.js`,
    `const name = 'node-gyp'; ${note}
    const fs = require('fs'), path = require('path');
    if (process.env.COMPILER_FAILS) { console.error('error: ' + process.env.COMPILER_FAILS); process.exit(1); }
    const target = process.argv.find((arg) => arg.startsWith('--module_path=')).slice('--module_path='.length);
    fs.mkdirSync(target, { recursive: true });
    fs.writeFileSync(path.join(target, 'tfjs_binding.node'), 'exports.TF_Version = "2.21.0";');`,
  );
  write(
    `${modules}/vite/bin/vite.js`,
    `const name = 'vite'; ${note}
    const fs = require('fs'), path = require('path');
    const target = process.argv[process.argv.indexOf('--outDir') + 1];
    for (const entry of ['cli', 'web']) {
      const source = fs.readFileSync(path.join('main', entry, 'main.ts'), 'utf8');
      if (source.includes('mistake')) { console.error('a mistake in ' + entry); process.exit(1); }
      fs.mkdirSync(target, { recursive: true });
      fs.writeFileSync(path.join(target, entry + '.js'), source);
    }`,
  );
  // The stand-in for the binding is JavaScript: .node files are loaded as such.
  write(
    'stand-ins/load-node-files.js',
    "const extensions = require('module')._extensions; extensions['.node'] = extensions['.js'];",
  );
  fakeProgram(bin, 'python3', `echo pip >> ${log}; echo "ERROR: Could not find a version" >&2; exit 1`);
  fakeProgram(bin, 'g++', 'exit 0');
  fakeProgram(bin, 'make', 'exit 0');
  symlinkSync(process.execPath, join(bin, 'node'));

  const place = cache ?? join(folder, 'cache');
  if (!cache) {
    const tensorflow = tensorflowFolder('cpu', { cache: place });
    mkdirSync(join(tensorflow, 'tensorflow'), { recursive: true });
    writeFileSync(join(tensorflow, 'tensorflow', 'libtensorflow_cc.so.2'), 'library');
    writeFileSync(join(tensorflow, 'files.json'), '{ "tensorflow/libtensorflow_cc.so.2": 7 }');
  }
  const env = {
    PATH: bin,
    HOME: folder,
    DRIFTCAST_CACHE: place,
    npm_execpath: join(folder, 'stand-ins', 'npm-cli.js'),
    NODE_OPTIONS: `--require=${join(folder, 'stand-ins', 'load-node-files.js')}`,
  };
  return {
    folder,
    bin,
    cache: place,
    env,
    run: (command, args = [], more = {}) =>
      start(join(folder, 'main/setup', command), args, folder, { ...env, ...more }),
    calls: () => {
      const said = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      rmSync(log, { force: true });
      return said;
    },
    facts: () => JSON.parse(readFileSync(join(folder, '.build/setup.json'), 'utf8')) as SetupFacts,
    write,
  };
}

function start(script: string, args: string[], cwd: string, env: Record<string, string>): Promise<Ended> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = { code: 0, stdout: '', stderr: '' };
    child.stdout.on('data', (text) => {
      ended.stdout += text;
    });
    child.stderr.on('data', (text) => {
      ended.stderr += text;
    });
    child.on('close', (code) => done({ ...ended, code: code ?? 1 }));
  });
}
