/**
 * `npm run dist`: makes packages for this system as electron-builder.yml says, with libtensorflow, licences and the list
 * of parts inside, and checks the fuses of what came out. Further arguments go to electron-builder (`--dir`, `deb`).
 * DRIFTCAST_UPDATE_URL names an update channel, which only signed packages get.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { bundle } from './bundle.mjs';
import { endWith } from './command.mjs';
import { writeWhole } from './facts.mjs';
import { collect, verifyFuses } from './packaging.mjs';
import { buildFolder, root } from './paths.mjs';
import { prepare, withoutSetupArguments } from './prepare.mjs';
import { run } from './processes.mjs';
import { createReport, SetupError } from './report.mjs';

const packages = join(buildFolder, 'packages');
const configFile = join(root, 'electron-builder.yml');

/** The words that give a package its update channel. @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform */
export function channelWords(env, platform) {
  const url = env.DRIFTCAST_UPDATE_URL;
  if (!url) return [];
  if (!url.startsWith('https://'))
    throw new SetupError(
      'other',
      `DRIFTCAST_UPDATE_URL is ${url}, but a channel has to begin with https://.`,
    );
  if (platform === 'linux')
    throw new SetupError(
      'platform',
      'Linux packages carry no signature that an update could be checked against, so they get no channel; unset DRIFTCAST_UPDATE_URL.',
    );
  return ['-c.publish.provider=generic', `-c.publish.url=${url}`, '-c.forceCodeSigning=true'];
}

if (process.argv[1] === import.meta.filename)
  await endWith(async () => {
    const args = process.argv.slice(2);
    const report = createReport({ phases: 5 });
    const channel = channelWords(process.env, process.platform);
    const facts = await prepare({ electron: true, args, report });
    if (facts.electron.path === null)
      throw new SetupError(
        'network',
        `A package is made around Electron's program, which is not here: ${facts.electron.reason}`,
      );
    await bundle(report, { force: true });
    report.note('collecting licences, the list of parts, and libtensorflow');
    await collect(join(buildFolder, 'package'), facts.binding.available ? facts.tensorflow.path : null);
    const outcome = await run(
      process.execPath,
      [
        join(root, 'node_modules', 'electron-builder', 'cli.js'),
        ...['--config', configFile, '--publish', 'never', `-c.electronDist=${distOf(facts.electron.path)}`],
        ...channel,
        ...withoutSetupArguments(args),
      ],
      { cwd: root, env: { ...process.env, SOURCE_DATE_EPOCH: await lastCommit() }, output: 'inherit' },
    );
    if (outcome.code !== 0)
      throw new SetupError('other', 'electron-builder made no package; its own lines above say why.');
    for (const program of programs()) {
      await verifyFuses(program, readFileSync(configFile, 'utf8'));
      report.note(`the fuses of ${program} are as they should be`);
    }
    await writeSums();
    report.note(`packages and their SHA-256 sums lie in ${packages}`);
    return 0;
  });

/** The folder of Electron's program; on macOS the one that holds the .app. @param {string} program */
function distOf(program) {
  const app = program.indexOf('Electron.app');
  return app < 0 ? dirname(program) : program.slice(0, app);
}

/** Seconds since 1970 of what is packed, so that the same commit makes the same package. */
async function lastCommit() {
  const outcome = await run('git', ['log', '-1', '--format=%ct'], { cwd: root });
  return outcome.code === 0 && outcome.stdout.trim() !== '' ? outcome.stdout.trim() : '0';
}

/** The programs in the unpacked packages. */
function programs() {
  return readdirSync(packages)
    .filter((name) => name.endsWith('-unpacked') || /^mac(-\w+)?$/.test(name))
    .flatMap((name) =>
      ['driftcast', 'Driftcast.exe', 'Driftcast.app'].map((file) => join(packages, name, file)),
    )
    .filter((path) => existsSync(path));
}

async function writeSums() {
  const lines = [];
  for (const name of readdirSync(packages).sort()) {
    if (!/\.(AppImage|deb|dmg|exe|zip)$/.test(name)) continue;
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(packages, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  writeWhole(join(packages, 'SHA256SUMS'), lines.join(''));
}
