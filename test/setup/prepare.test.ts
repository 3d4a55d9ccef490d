import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, realpathSync, rmSync, utimesSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fakeProgram } from './fakes.ts';
import { smallCheckout } from './small-checkout.ts';

const binding = 'node_modules/@tensorflow/tfjs-node-gpu';

describe('the first start', () => {
  it('does everything, and the second none of it again', async () => {
    const checkout = smallCheckout();
    const first = await checkout.run('driftcast.mjs', ['doctor', '--json']);
    expect(first).toMatchObject({ code: 0, stdout: '{"name":"cli","args":["doctor","--json"]}' });
    expect(first.stderr).toMatch(
      /set-up 1\/5: npm[\s\S]*set-up 2\/5: libtensorflow[\s\S]*set-up 3\/5[\s\S]*set-up 5\/5/,
    );
    expect(checkout.calls()).toEqual(['npm', 'node-gyp', 'vite']);
    expect(checkout.facts()).toMatchObject({
      tensorflow: { available: true, build: 'cpu', version: '2.21.0' },
      binding: { available: true, path: join(checkout.folder, binding, 'lib/napi-v8/tfjs_binding.node') },
      gpu: { detected: false },
    });
    const tensorflow = checkout.facts().tensorflow.path!;
    expect(readlinkSync(join(checkout.folder, binding, 'deps/lib'))).toBe(join(tensorflow, 'tensorflow'));

    const command = join(checkout.folder, 'node_modules/.bin/driftcast');
    expect(realpathSync(command)).toBe(realpathSync(join(checkout.folder, 'main/setup/driftcast.mjs')));

    const second = await checkout.run('driftcast.mjs', ['doctor']);
    expect(second).toEqual({ code: 0, stdout: '{"name":"cli","args":["doctor"]}', stderr: '' });
    expect(checkout.calls()).toEqual([]);
  });

  it('in a second checkout needs neither pip nor a compiler', async () => {
    const first = smallCheckout();
    await first.run('driftcast.mjs');
    const second = smallCheckout(first.cache);
    for (const name of ['g++', 'make', 'python3']) rmSync(join(second.bin, name));
    expect((await second.run('driftcast.mjs')).code).toBe(0);
    expect(second.calls()).toEqual(['npm', 'vite']);
    expect(second.facts().binding.available).toBe(true);
  });

  it('is done once by two that come at the same time', async () => {
    const checkout = smallCheckout();
    const ends = await Promise.all([1, 2, 3].map(() => checkout.run('driftcast.mjs')));
    expect(ends.map((end) => end.code)).toEqual([0, 0, 0]);
    expect(checkout.calls().sort()).toEqual(['node-gyp', 'npm', 'vite']);
  });

  it('repairs what was removed since', async () => {
    const checkout = smallCheckout();
    await checkout.run('driftcast.mjs');
    checkout.calls();
    rmSync(join(checkout.folder, 'node_modules'), { recursive: true });
    await checkout.run('driftcast.mjs');
    expect(checkout.calls()).toEqual(['npm']);
    expect(existsSync(join(checkout.folder, binding, 'lib/napi-v8/tfjs_binding.node'))).toBe(true);
  });
});

describe('what is missing', () => {
  it('ends the set-up only where it is the packages', async () => {
    const checkout = smallCheckout();
    const { code, stderr, stdout } = await checkout.run('driftcast.mjs', [], { NPM_FAILS: '1' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n').at(-1)).toMatch(/^Driftcast: npm could not install the packages/);
  });

  it('without a network is looked for in the cache at once', async () => {
    const REGISTRY = `http://127.0.0.1:${await closedPort()}/`;
    const checkout = smallCheckout();
    const failed = await checkout.run('driftcast.mjs', [], { NPM_FAILS: '1', REGISTRY });
    expect(failed.code).toBe(1);
    expect(checkout.calls()).toEqual(['npm, offline']);
    expect(failed.stderr.trim().split('\n').at(-1)).toMatch(
      /^Driftcast: The npm packages are missing, http:\/\/127\.0\.0\.1:\d+\/ cannot be reached, .*; connect/,
    );
    expect((await checkout.run('driftcast.mjs', [], { REGISTRY })).code).toBe(0);
    // Behind a proxy only npm knows the way.
    const behind = smallCheckout();
    await behind.run('driftcast.mjs', [], { REGISTRY, HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect(behind.calls()[0]).toBe('npm');
  });

  it('counts as a failed test where nothing could be tested', async () => {
    const checkout = smallCheckout();
    const { code, stdout } = await checkout.run('test.mjs', [], { NPM_FAILS: '1' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '0 passed, 1 failed, 0 skipped\n' });
  });

  it('is noticed as soon as it is there: a compiler', async () => {
    const checkout = smallCheckout();
    rmSync(join(checkout.bin, 'g++'));
    const without = await checkout.run('driftcast.mjs');
    expect(without.code).toBe(0);
    expect(without.stderr).toMatch(
      /warning: A C\+\+ compiler is needed .* g\+\+ cannot be found.*JavaScript backend/,
    );
    expect(checkout.facts()).toMatchObject({
      tensorflow: { available: true },
      binding: { available: false },
    });
    expect((await checkout.run('driftcast.mjs')).stderr).toBe('');
    fakeProgram(checkout.bin, 'g++', 'exit 0');
    await checkout.run('driftcast.mjs');
    expect(checkout.facts().binding.available).toBe(true);
  });

  it.each([
    ['a compiler that fails', 'tfjs_backend.cc: No such file', /could not be compiled/],
    ['Node’s headers and the network', 'getaddrinfo ENOTFOUND', /header files/],
  ])('is told in one sentence: %s', async (_name, said, sentence) => {
    const checkout = smallCheckout();
    const { code, stderr } = await checkout.run('driftcast.mjs', [], { COMPILER_FAILS: said });
    expect(code).toBe(0);
    expect(stderr).toMatch(sentence);
    expect(checkout.facts().binding.reason).toMatch(sentence);
  });

  it('is not asked for again and again: the network', async () => {
    const checkout = smallCheckout();
    rmSync(checkout.cache, { recursive: true });
    const first = await checkout.run('start.mjs', [], { DRIFTCAST_ELECTRON: 'skip' });
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(
      /warning: pip could not get tensorflow-cpu.*check the network.*JavaScript backend/,
    );
    expect(checkout.calls()).toEqual(['npm', 'pip', 'vite']);
    await checkout.run('start.mjs', [], { DRIFTCAST_ELECTRON: 'skip' });
    expect(checkout.calls()).toEqual([]);
    await checkout.run('start.mjs', ['--retry'], { DRIFTCAST_ELECTRON: 'skip' });
    expect(checkout.calls()).toEqual(['pip']);
  });

  it('is left out where that was asked', async () => {
    const checkout = smallCheckout();
    await checkout.run('start.mjs', ['--tensorflow=none'], { DRIFTCAST_ELECTRON: 'skip' });
    expect(checkout.calls()).toEqual(['npm', 'vite']);
    expect(checkout.facts().binding).toMatchObject({
      available: false,
      reason: expect.stringContaining('told so'),
    });
    await checkout.run('start.mjs', ['--tensorflow=auto'], { DRIFTCAST_ELECTRON: 'skip' });
    expect(checkout.facts().binding.available).toBe(true);
  });
});

describe('npm start', () => {
  it('serves the app to the browser where there is no Electron, with the files to open', async () => {
    const checkout = smallCheckout();
    const { stdout, stderr } = await checkout.run('start.mjs', ['--retry', 'sst.nc', '--port', '8080']);
    expect(stdout).toBe('{"name":"web","args":["sst.nc","--port","8080"]}');
    expect(stderr).toContain('opens in the browser instead');
    expect(checkout.facts().electron.available).toBe(false);
    expect((await checkout.run('start.mjs')).stderr).toBe('');
  });
});

describe('the app', () => {
  it('is built anew when a source changes, and only then', async () => {
    const checkout = smallCheckout();
    await checkout.run('driftcast.mjs');
    checkout.calls();
    utimesSync(join(checkout.folder, 'main/cli/main.ts'), 1, 1);
    await checkout.run('driftcast.mjs');
    expect(checkout.calls()).toEqual([]);
    checkout.write('main/cli/main.ts', "process.stdout.write('changed');");
    expect((await checkout.run('driftcast.mjs')).stdout).toBe('changed');
    expect(checkout.calls()).toEqual(['vite']);
    checkout.write('shared/new.ts', '');
    await checkout.run('driftcast.mjs');
    expect(checkout.calls()).toEqual(['vite']);
  });

  it('stays as it was where a build fails', async () => {
    const checkout = smallCheckout();
    await checkout.run('driftcast.mjs');
    const built = join(checkout.folder, '.build/main/cli.js');
    const before = readFileSync(built, 'utf8');
    checkout.write('main/web/main.ts', 'mistake');
    const { code, stderr } = await checkout.run('driftcast.mjs');
    expect(code).toBe(1);
    expect(stderr).toContain('a mistake in web');
    expect(stderr).toContain('Building "main" failed');
    expect(readFileSync(built, 'utf8')).toBe(before);
  });

  it('hands its exit code on', async () => {
    const checkout = smallCheckout();
    checkout.write('main/cli/main.ts', 'process.exitCode = 3;');
    expect((await checkout.run('driftcast.mjs')).code).toBe(3);
  });
});

/** A port of this machine on which nothing answers. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
