#!/usr/bin/env node
/**
 * `npx driftcast …`: the command line. Sets up what is missing first; all it says about that goes to stderr,
 * because stdout belongs to the command's own result.
 */
import { join } from 'node:path';
import { endWith } from './command.mjs';
import { buildFolder } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { handOver } from './processes.mjs';
import { createReport } from './report.mjs';

await endWith(async () => {
  await prepare({ report: createReport({ phases: 5, quiet: true }) });
  return handOver(process.execPath, [join(buildFolder, 'main', 'cli.js'), ...process.argv.slice(2)]);
});
