/** Counts what a test run came to, for the one line that other programs read. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * Counts the tests in the JSON report of vitest. A file that could not even be loaded, or a hook outside of
 * any test that threw, counts as one failure; so does a run in which nothing was tested.
 *
 * @param {any} results the parsed report, or null where the run wrote none
 * @param {number} exitCode of the test runner
 * @returns {Tally}
 */
export function tally(results, exitCode) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const file of results?.testResults ?? []) {
    let failedHere = 0;
    for (const test of file.assertionResults ?? []) {
      if (test.status === 'passed') count.passed += 1;
      else if (test.status === 'failed') failedHere += 1;
      else count.skipped += 1;
    }
    count.failed += file.status === 'failed' && failedHere === 0 ? 1 : failedHere;
  }
  const nothing = count.passed + count.failed === 0;
  if (count.failed === 0 && (nothing || exitCode !== 0)) count.failed = 1;
  return count;
}

/** @param {Tally} count */
export function tallyLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
