/**
 * `npm test`: sets up what is missing, a browser included, and runs the whole suite; arguments go to vitest.
 * The last line counts the tests; the exit code is 0 only where some passed and none failed.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { endWith } from './command.mjs';
import { buildFolder, readJson, root } from './paths.mjs';
import { prepare, withoutSetupArguments } from './prepare.mjs';
import { handOver } from './processes.mjs';
import { createReport, SetupError } from './report.mjs';
import { tally, tallyLine } from './tally.mjs';

await endWith(async () => {
  const args = process.argv.slice(2);
  const report = createReport({ phases: 5 });
  /** @type {string} */
  let browser;
  try {
    await prepare({ args, report });
    browser = await ensureBrowser(report);
  } catch (error) {
    // Whoever reads only the last line has to see that nothing was tested.
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.details}\nDriftcast: ${error.message}\n`);
    process.stdout.write(`${tallyLine(tally(null, 1))}\n`);
    return 1;
  }
  const results = join(buildFolder, `test-results-${process.pid}.json`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const code = await handOver(
    process.execPath,
    [vitest, 'run', ...reporters, ...withoutSetupArguments(args)],
    {
      cwd: root,
      env: { ...process.env, CHROME_PATH: browser },
    },
  );
  const count = tally(readJson(results), code);
  rmSync(results, { force: true });
  process.stdout.write(`${tallyLine(count)}\n`);
  return count.failed > 0 ? 1 : 0;
});
