/** What a package holds besides the app: licences, the list of its parts, libtensorflow; and what it has to fulfil. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from './facts.mjs';
import { readJson, root } from './paths.mjs';
import { tensorflowVersion, wheels } from './pins.mjs';
import { npm, run, tail } from './processes.mjs';
import { SetupError } from './report.mjs';

/** @typedef {{ path: string, name: string, version: string, licence: string }} Part a package that is shipped */

/**
 * The npm packages that are shipped: what the lockfile has beside development, as far as it is installed here.
 *
 * @param {string} [top] the checkout
 * @returns {Part[]}
 */
export function shippedParts(top = root) {
  const { packages } = readJson(join(top, 'package-lock.json'));
  return Object.entries(packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !path.includes('node_modules/electron/'))
    .filter(([path]) => path !== 'node_modules/electron' && existsSync(join(top, path)))
    .map(([path, entry]) => {
      const manifest = readJson(join(top, path, 'package.json')) ?? {};
      const declared = manifest.license ?? manifest.licenses?.[0] ?? entry.license;
      const licence = typeof declared === 'string' ? declared : (declared?.type ?? 'not stated');
      return { path, name: path.split('node_modules/').at(-1) ?? path, version: entry.version, licence };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const licenceFile = /^(licen[cs]e|copying|notice|third[-_ ]?party)/i;

/**
 * Every licence text of what is shipped, in one file with a heading each, in a fixed order.
 *
 * @param {string} [top]
 * @returns {string}
 */
export function licencesText(top = root) {
  return shippedParts(top)
    .map(({ path, name, version, licence }) => {
      const folder = join(top, path);
      const texts = readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile() && licenceFile.test(entry.name))
        .map((entry) => readFileSync(join(folder, entry.name), 'utf8').trim())
        .sort();
      const text =
        texts.length > 0 ? texts.join('\n\n') : `Its package holds no licence text; it states: ${licence}.`;
      return `${'='.repeat(72)}\n${name} ${version} (${licence})\n${'='.repeat(72)}\n\n${text}\n`;
    })
    .join('\n');
}

/**
 * The list of all parts as a CycloneDX document: npm's own, and the wheels of libtensorflow that this system ships.
 *
 * @param {import('./pins.mjs').Wheel[]} [libraries]
 * @returns {Promise<string>} JSON
 * @throws {SetupError}
 */
export async function billOfMaterials(libraries = process.platform === 'linux' ? wheels.cpu : []) {
  const { command, args } = npm();
  const words = [
    'sbom',
    '--sbom-format=cyclonedx',
    '--sbom-type=application',
    '--omit=dev',
    '--package-lock-only',
  ];
  const outcome = await run(command, [...args, ...words], { cwd: root });
  if (outcome.code !== 0)
    throw new SetupError('other', 'npm could not list the parts of the app.', tail(outcome.stderr));
  const document = JSON.parse(outcome.stdout);
  // What changes with every call would make every package another one.
  delete document.serialNumber;
  delete document.metadata.timestamp;
  // npm calls the app after its folder.
  const { name, version } = readJson(join(root, 'package.json'));
  Object.assign(document.metadata.component, { name, purl: `pkg:npm/${name}@${version}` });
  // npm's walk leaves out what it first met as somebody's wish for development.
  const listed = new Set(
    document.components.map((/** @type {any} */ part) => `${part.name}@${part.version}`),
  );
  for (const { name: part, version: its } of shippedParts()) {
    const id = `${part}@${its}`;
    if (listed.has(id)) continue;
    listed.add(id);
    const purl = `pkg:npm/${part.replace('@', '%40')}@${its}`;
    document.components.push({ type: 'library', name: part, version: its, purl, 'bom-ref': id });
  }
  for (const wheel of libraries)
    document.components.push({
      type: 'library',
      name: wheel.project,
      version: wheel.version,
      purl: `pkg:pypi/${wheel.project}@${wheel.version}`,
      'bom-ref': `pkg:pypi/${wheel.project}@${wheel.version}`,
      hashes: [{ alg: 'SHA-256', content: wheel.sha256 }],
    });
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Fills the folder that electron-builder.yml takes licences, the list of parts and libtensorflow from.
 *
 * @param {string} folder is made anew
 * @param {string | null} tensorflow its folder in the cache; null: this package computes in JavaScript
 */
export async function collect(folder, tensorflow) {
  rmSync(folder, { recursive: true, force: true });
  writeWhole(join(folder, 'licences', 'npm-packages.txt'), licencesText());
  copyFileSync(join(root, 'LICENSE'), join(folder, 'licences', 'driftcast.txt'));
  copyFileSync(
    join(root, 'resources', 'colour-maps', 'LICENSE'),
    join(folder, 'licences', 'colour-maps.txt'),
  );
  writeWhole(join(folder, 'sbom.cdx.json'), await billOfMaterials());
  mkdirSync(join(folder, 'libtensorflow'), { recursive: true });
  if (tensorflow === null) return;
  for (const name of readdirSync(join(tensorflow, 'tensorflow')))
    if (/\.so\.\d+$/.test(name))
      place(join(tensorflow, 'tensorflow', name), join(folder, 'libtensorflow', name));
  const licences = join(tensorflow, 'licences');
  if (existsSync(licences)) cpSync(licences, join(folder, 'licences'), { recursive: true });
  writeWhole(
    join(folder, 'licences', 'libtensorflow.txt'),
    `libtensorflow ${tensorflowVersion} (Apache-2.0), from the wheels that sbom.cdx.json names.\n`,
  );
}

/** Hundreds of megabytes are linked where the disk allows it. @param {string} from @param {string} to */
function place(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/**
 * The fuses that electron-builder.yml asks for.
 *
 * @param {string} text of electron-builder.yml
 * @returns {Record<string, boolean>}
 */
export function wantedFuses(text) {
  const block = /^electronFuses:\n((?: {2}\w+: (?:true|false)\n)+)/m.exec(text)?.[1] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/(\w+): (true|false)/g)].map(([, name, value]) => [name, value === 'true']),
  );
}

/**
 * Which fuses of a program are not as they should be, by the words of `electron-fuses read`.
 *
 * @param {Record<string, boolean>} wanted
 * @param {string} said
 * @returns {string[]}
 */
export function wrongFuses(wanted, said) {
  return Object.entries(wanted)
    .filter(([name, on]) => {
      const line = [...said.matchAll(/^\s*(\w+) is (\w+)/gm)].find(
        ([, fuse]) => fuse?.toLowerCase() === name.toLowerCase(),
      );
      return line?.[2] !== (on ? 'Enabled' : 'Disabled');
    })
    .map(([name]) => name);
}

/** Reads a packaged program's fuses back. @param {string} program @param {string} config text of electron-builder.yml */
export async function verifyFuses(program, config) {
  const tool = join(root, 'node_modules', '@electron', 'fuses', 'dist', 'bin.js');
  const outcome = await run(process.execPath, [tool, 'read', '--app', program]);
  const wrong = wrongFuses(wantedFuses(config), `${outcome.stdout}${outcome.stderr}`);
  if (wrong.length === 0) return;
  throw new SetupError(
    'other',
    `The fuses of ${program} are not as electron-builder.yml says (${wrong.join(', ')}); do not give this package to anybody.`,
    tail(`${outcome.stdout}${outcome.stderr}`),
  );
}
