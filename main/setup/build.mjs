/** `npm run build`: bundles the app anew. `--if-changed` leaves a build alone that is still good. */
import { bundle } from './bundle.mjs';
import { endWith } from './command.mjs';
import { createReport } from './report.mjs';

await endWith(async () => {
  const report = createReport({ phases: 1 });
  const before = Date.now();
  report.phase(1, 'building the app');
  const built = await bundle(report, { force: !process.argv.includes('--if-changed') });
  report.note(
    built
      ? `built in ${((Date.now() - before) / 1000).toFixed(1)} s`
      : 'nothing has changed since the last build',
  );
  return 0;
});
