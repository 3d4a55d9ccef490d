/** `npm run pictures`: takes the guide's pictures anew, with Chrome or Chromium (minutes). */
import { join } from 'node:path';
import { endWith } from './command.mjs';
import { buildFolder } from './paths.mjs';
import { prepare, withoutSetupArguments } from './prepare.mjs';
import { handOver } from './processes.mjs';

await endWith(async () => {
  const args = process.argv.slice(2);
  await prepare({ args });
  return handOver(process.execPath, [
    join(buildFolder, 'main', 'pictures.js'),
    ...withoutSetupArguments(args),
  ]);
});
