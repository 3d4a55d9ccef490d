import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureBrowser, findBrowser } from '../../main/setup/browser.mjs';
import { ensureElectron, findElectron } from '../../main/setup/electron.mjs';
import { chosenBuild, detectGpu } from '../../main/setup/gpu.mjs';
import { cacheFolder } from '../../main/setup/paths.mjs';
import { fakeProgram, keptReport, temporaryFolder } from './fakes.ts';

const tools = '/usr/bin:/bin';

describe('the build of libtensorflow', () => {
  it.each([
    [['--tensorflow=cuda'], { DRIFTCAST_TENSORFLOW: 'cpu' }, 'cpu', 'cuda'],
    [[], { DRIFTCAST_TENSORFLOW: 'cpu' }, 'cuda', 'cpu'],
    [[], {}, 'cuda', 'cuda'],
    [['--tensorflow=auto'], {}, 'cuda', 'auto'],
    [[], {}, undefined, 'auto'],
  ] as const)('chosen by %j, %j and what was said before (%s) is %s', (args, env, remembered, choice) => {
    expect(chosenBuild([...args], env, remembered)).toBe(choice);
  });

  it('has to be one of those there are', () => {
    expect(() => chosenBuild(['--tensorflow=gpu'], {}, undefined)).toThrow(
      '"gpu" is no build of libtensorflow',
    );
  });

  it.each([
    ['lists one', 'echo "GPU 0: Some Card (UUID: GPU-1)"', true, 'nvidia-smi lists GPU 0: Some Card.'],
    ['lists none', 'echo "No devices were found"; exit 6', false, 'lists no GPU'],
    ['fails', 'echo "failed to communicate with the driver" >&2; exit 9', false, 'lists no GPU'],
  ])('looks for a GPU where nvidia-smi %s', async (_name, script, detected, reason) => {
    const bin = temporaryFolder();
    fakeProgram(bin, 'nvidia-smi', script);
    const gpu = await detectGpu({ PATH: `${bin}:${tools}` });
    expect(gpu.detected).toBe(detected);
    expect(gpu.reason).toContain(reason);
  });

  it('looks for no GPU where there is no driver', async () => {
    expect((await detectGpu({ PATH: temporaryFolder() })).reason).toContain('nvidia-smi is not on PATH');
  });
});

describe('Electron', () => {
  /** A package folder whose installer does what the script says. */
  function electronPackage(script: string): string {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'install.js'), script);
    writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
    return folder;
  }
  const installs = `
    const fs = require('fs'), path = require('path');
    fs.mkdirSync(path.join(__dirname, 'dist'));
    fs.writeFileSync(path.join(__dirname, 'dist', 'electron'), '');
    fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron');`;

  it('is fetched by its own installer, once', async () => {
    const folder = electronPackage(installs);
    const fact = await ensureElectron(keptReport(), { env: { PATH: tools }, folder });
    expect(fact).toMatchObject({ available: true, path: join(folder, 'dist', 'electron') });
    // The installer would fail a second time, because its folder is there already.
    expect(await ensureElectron(keptReport(), { env: { PATH: tools }, folder })).toEqual(fact);
  });

  it('is missing with a reason where it cannot be reached', async () => {
    const folder = electronPackage(
      'console.error("RequestError: getaddrinfo ENOTFOUND host"); process.exit(1)',
    );
    const fact = await ensureElectron(keptReport(), { env: { PATH: tools }, folder });
    expect(fact.available).toBe(false);
    expect(fact.reason).toContain('RequestError: getaddrinfo ENOTFOUND host');
    expect(fact.reason).toContain('opens in the browser instead');
  });

  it('is given up where nothing arrives', async () => {
    const folder = electronPackage('setInterval(() => {}, 1000)');
    const fact = await ensureElectron(keptReport(), { env: { PATH: tools }, folder, patience: 300 });
    expect(fact.reason).toContain('nothing arrived');
  });

  it('is not looked for where that was asked', async () => {
    const folder = electronPackage(installs);
    const fact = await ensureElectron(keptReport(), {
      env: { PATH: tools, DRIFTCAST_ELECTRON: 'skip' },
      folder,
    });
    expect(fact.reason).toContain('DRIFTCAST_ELECTRON');
    expect(existsSync(join(folder, 'dist'))).toBe(false);
  });

  it('is found in the folder that ELECTRON_OVERRIDE_DIST_PATH names', async () => {
    const folder = electronPackage('process.exit(1)');
    const dist = temporaryFolder();
    const env = { PATH: tools, ELECTRON_OVERRIDE_DIST_PATH: dist };
    expect((await ensureElectron(keptReport(), { env, folder })).reason).toContain('no Electron lies there');
    writeFileSync(join(dist, 'electron'), '');
    expect(findElectron(env, folder)).toBe(join(dist, 'electron'));
  });
});

describe('the browser for the tests', () => {
  it('is the one that CHROME_PATH names', () => {
    const path = join(temporaryFolder(), 'my-chrome');
    expect(() => findBrowser({ CHROME_PATH: path })).toThrow('nothing lies there');
    writeFileSync(path, '');
    expect(findBrowser({ CHROME_PATH: path })).toBe(path);
  });

  it('is found on PATH', () => {
    const bin = temporaryFolder();
    fakeProgram(bin, 'google-chrome', '');
    expect(findBrowser({ PATH: bin })).toBe(join(bin, 'google-chrome'));
  });

  it('is installed with apt by root on Debian', async () => {
    const bin = temporaryFolder();
    // The script copies itself, with nothing else on PATH, so that no browser of this machine is found.
    fakeProgram(bin, 'apt-get', `[ "$1" = update ] || /bin/cp "$0" ${bin}/chromium`);
    const installed = await ensureBrowser(keptReport(), { env: { PATH: bin }, isDebianRoot: true });
    expect(installed).toBe(join(bin, 'chromium'));
  });

  it('is asked for in one sentence elsewhere', async () => {
    const options = { env: { PATH: temporaryFolder() }, isDebianRoot: false };
    await expect(ensureBrowser(keptReport(), options)).rejects.toThrow('install Chrome or Chromium');
  });
});

describe('the cache folder', () => {
  it.each([
    [{ DRIFTCAST_CACHE: '/a/cache', XDG_CACHE_HOME: '/b' }, 'linux', '/a/cache'],
    [{ XDG_CACHE_HOME: '/b' }, 'linux', '/b/driftcast'],
  ] as const)('with %j on %s is %s', (env, platform, folder) => {
    expect(cacheFolder(env, platform)).toBe(folder);
  });

  it('is the platform’s own without any setting', () => {
    expect(cacheFolder({}, 'linux')).toMatch(/\.cache\/driftcast$/);
    expect(cacheFolder({}, 'darwin')).toMatch(/Library\/Caches\/Driftcast$/);
    expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toMatch(/local\/Driftcast\/Cache$/);
  });
});
