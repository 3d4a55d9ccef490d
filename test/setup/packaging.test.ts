/**
 * What a package holds and fulfils, by packing for real: electron-builder with its own judgement of the configuration,
 * around a program that stands in for Electron's, since none can be had everywhere. What was packed then has to run.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appId } from '#main/desktop/app.ts';
import { channelWords } from '../../main/setup/dist.mjs';
import { icns, ico } from '../../main/setup/icons.mjs';
import {
  billOfMaterials,
  collect,
  licencesText,
  shippedParts,
  verifyFuses,
  wantedFuses,
  wrongFuses,
} from '../../main/setup/packaging.mjs';
import { root } from '../architecture/tree.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const run = promisify(execFile);
const config = readFileSync(join(root, 'electron-builder.yml'), 'utf8');
const tool = (path: string, ...words: string[]) =>
  run(process.execPath, [join(root, 'node_modules', path), ...words], { cwd: root, maxBuffer: 64e6 });

/** A folder like Electron's, whose program has nothing but the wire of fuses. */
function standInElectron(folder: string): string {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const wire = Buffer.concat([
    Buffer.from('#!/bin/sh\ndL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
    Buffer.from([1, 9]),
    Buffer.from('101100010'),
    Buffer.alloc(16),
  ]);
  writeFileSync(join(folder, 'electron'), wire);
  chmodSync(join(folder, 'electron'), 0o755);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version', 'chrome-sandbox', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), 'stands in');
  return folder;
}

const builder = (output: string, electron: string, ...more: string[]) =>
  tool(
    'electron-builder/cli.js',
    ...['--config', 'electron-builder.yml', '--publish', 'never', '--dir'],
    ...[`-c.electronDist=${electron}`, `-c.directories.output=${output}`, ...more],
  );

describe.runIf(process.platform === 'linux')('a package', () => {
  let folder = '';
  let packed: string;
  let unpacked: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'driftcast-package-'));
    await collect(join(root, '.build', 'package'), null);
    await builder(join(folder, 'out'), standInElectron(join(folder, 'electron')));
    packed = join(folder, 'out', 'linux-unpacked');
    unpacked = join(folder, 'app');
    await tool('@electron/asar/bin/asar.js', 'extract', join(packed, 'resources', 'app.asar'), unpacked);
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds every package that the bundles load, and none that only the window uses', () => {
    const bundles = join(unpacked, '.build', 'main');
    const wanted = new Set<string>();
    for (const name of readdirSync(bundles).filter((file) => /\.c?js$/.test(file)))
      for (const match of readFileSync(join(bundles, name), 'utf8').matchAll(
        /(?:^|[\s;])(?:import|export)[^'"();]*?from\s*["']([^"'.#][^"']*)["']|^import\s*["']([^"'.][^"']*)["']|\bimport\(\s*["']([^"'.][^"']*)["']\)/gm,
      ))
        wanted.add((match[1] ?? match[2] ?? match[3] ?? '').replace(/^((?:@[^/]+\/)?[^/]+).*/, '$1'));
    const packages = [...wanted].filter(
      (name) => name !== 'electron' && !name.startsWith('node:') && !builtinModules.includes(name),
    );
    expect(packages).toEqual(expect.arrayContaining(['h5wasm', 'zod', 'pino', 'electron-updater']));
    const present = packages.filter((name) => existsSync(join(unpacked, 'node_modules', name)));
    expect(present).toEqual(packages);
    for (const name of ['electron', 'three', 'svelte', 'vite', 'vitest', 'typescript'])
      expect(existsSync(join(unpacked, 'node_modules', name)), name).toBe(false);
  });

  it('holds no sources, maps, tests or benchmarks of ours', () => {
    expect(readdirSync(unpacked).sort()).toEqual(
      ['.build', 'LICENSE', 'node_modules', 'package.json', 'resources'].sort(),
    );
    const names = readdirSync(join(unpacked, '.build'), { recursive: true }).map(String);
    expect(names.filter((name) => /\.map$|\.ts$|bench\.js/.test(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['main/desktop.js', 'main/preload.cjs', 'renderer/index.html']),
    );
  });

  it('lays beside the archive what others open by themselves', () => {
    const beside = join(packed, 'resources', 'app.asar.unpacked');
    for (const path of ['resources/samples', 'resources/pretrained', 'resources/icons/tray.png'])
      expect(existsSync(join(beside, path)), path).toBe(true);
    expect(existsSync(join(beside, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'dist', 'index.js'))).toBe(
      true,
    );
    for (const path of ['licences/npm-packages.txt', 'licences/driftcast.txt', 'sbom.cdx.json'])
      expect(existsSync(join(packed, 'resources', path)), path).toBe(true);
  });

  it('has its fuses as they should be, read back from the program', async () => {
    await verifyFuses(join(packed, 'driftcast'), config);
    const wrong = config.replace('runAsNode: false', 'runAsNode: true');
    await expect(verifyFuses(join(packed, 'driftcast'), wrong)).rejects.toThrow(/runAsNode.*do not give/);
  });

  it('runs: its command line reads a sample with what is packed alone', async () => {
    const sample = join(unpacked, 'resources', 'samples', 'spring-mesh.nc');
    const workspace = await temporaryFolder();
    const words = ['inspect', sample, '--json', '--workspace', workspace];
    const { stdout } = await run(process.execPath, [join(unpacked, '.build', 'main', 'cli.js'), ...words], {
      cwd: workspace,
    });
    expect(JSON.parse(stdout).variables.length).toBeGreaterThan(0);
  });

  it('is refused for a key that electron-builder does not know', async () => {
    const folder = await temporaryFolder();
    await expect(builder(folder, folder, '-c.nonsense=1')).rejects.toMatchObject({
      stdout: expect.stringMatching(/unknown property 'nonsense'/),
    });
  });
});

describe('the configuration', () => {
  it('turns off every fuse that lets others run code in the app', () => {
    expect(wantedFuses(config)).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      enableCookieEncryption: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
    expect(wrongFuses({ runAsNode: false, onlyLoadAppFromAsar: true }, 'RunAsNode is Enabled\n')).toEqual([
      'runAsNode',
      'onlyLoadAppFromAsar',
    ]);
  });

  it('names the app as the shell does, and each system’s packages', () => {
    expect(config).toContain(`\nappId: ${appId}\n`);
    for (const target of ['AppImage', 'deb', 'dmg', 'nsis']) expect(config).toContain(target);
  });

  it('gives a channel to signed packages alone', () => {
    expect(channelWords({}, 'darwin')).toEqual([]);
    const env = { DRIFTCAST_UPDATE_URL: 'https://updates.example/driftcast' };
    expect(channelWords(env, 'win32')).toContain('-c.forceCodeSigning=true');
    expect(() => channelWords(env, 'linux')).toThrow(/no signature/);
    expect(() => channelWords({ DRIFTCAST_UPDATE_URL: 'http://updates.example' }, 'darwin')).toThrow(/https/);
  });
});

describe('what is shipped', () => {
  it('is listed with name, version and licence', async () => {
    const document = JSON.parse(await billOfMaterials());
    expect(document).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'driftcast' } },
    });
    const names: string[] = document.components.map((part: { name: string }) => part.name);
    for (const { name } of shippedParts()) expect(names).toContain(name);
    expect(names).toEqual(expect.arrayContaining(['h5wasm', 'zod', 'three']));
    expect(names).not.toContain('vitest');
    if (process.platform === 'linux') expect(names).toContain('tensorflow-cpu');
    // The same parts make the same document.
    expect(JSON.parse(await billOfMaterials())).toEqual(document);
  });

  it('brings its licences, and has none that forbids passing it on', () => {
    const parts = shippedParts();
    const text = licencesText();
    for (const { name, version } of parts) expect(text).toContain(`${name} ${version} (`);
    const forbidding = parts.filter(({ licence }) => /\bA?GPL|SSPL|BUSL|UNLICENSED/.test(licence));
    expect(forbidding.filter(({ licence }) => !/ OR /.test(licence))).toEqual([]);
  });
});

describe('icons', () => {
  it('are containers of pictures in every size that a system asks for', () => {
    const read = (name: string) => readFileSync(join(root, 'resources', 'icons', name));
    const windows = read('icon.ico');
    const count = windows.readUInt16LE(4);
    const sides = Array.from({ length: count }, (_, index) => windows.readUInt8(6 + 16 * index) || 256);
    expect(sides).toEqual([16, 24, 32, 48, 64, 256]);
    for (let index = 0; index < count; index++) {
      const at = windows.readUInt32LE(6 + 16 * index + 12);
      expect(windows.toString('latin1', at + 1, at + 4)).toBe('PNG');
      expect(windows.readUInt32BE(at + 16)).toBe(sides[index]);
    }
    const mac = read('icon.icns');
    expect([mac.toString('latin1', 0, 4), mac.readUInt32BE(4)]).toEqual(['icns', mac.length]);
    expect(read('icon.png').readUInt32BE(16)).toBe(512);
  });

  it('are written as the formats say', () => {
    const png = Buffer.from('picture');
    expect(ico([{ size: 256, png }]).subarray(0, 8)).toEqual(Buffer.from([0, 0, 1, 0, 1, 0, 0, 0]));
    expect(icns([{ type: 'ic07', png }]).toString('latin1')).toBe('icns\0\0\0\x17ic07\0\0\0\x0fpicture');
  });
});
