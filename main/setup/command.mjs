/** How every command of this folder ends: with an exit code, and on a failure with a sentence instead of a stack. */
import { SetupError } from './report.mjs';

/**
 * Runs a command and sets the exit code; the process ends by itself once its output is written.
 *
 * @param {() => Promise<number>} command resolves with the exit code
 */
export async function endWith(command) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(
      `Driftcast: Node ${process.versions.node} is too old; install Node 20.19 or newer and start again.\n`,
    );
    process.exitCode = 1;
    return;
  }
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (error.details) process.stderr.write(`${error.details}\n`);
    process.stderr.write(`Driftcast: ${error.message}\n`);
    process.exitCode = 1;
  }
}
