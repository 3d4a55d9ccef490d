/**
 * What the person at the terminal reads while things are set up: a numbered line a phase, percentages while
 * a download runs, and one sentence for each thing that is missing. All of it goes to stderr, so that
 * stdout stays free for a command's own output.
 */

/**
 * @typedef {object} Report
 * @property {(number: number, text: string) => void} phase a phase begins
 * @property {(text: string) => void} note something worth a line inside a phase
 * @property {(done: number, total: number) => void} progress bytes so far and in all; prints every tenth
 * @property {(sentence: string, details?: string) => void} warn what is missing and what to do, after the last lines of
 *   the program that failed; the set-up goes on
 */

/**
 * @param {{ phases: number, quiet?: boolean, write?: (line: string) => void }} options `quiet` leaves out
 *   everything but phases and warnings
 * @returns {Report}
 */
export function createReport({ phases, quiet = false, write = (line) => process.stderr.write(`${line}\n`) }) {
  let lastTenth = -1;
  return {
    phase(number, text) {
      lastTenth = -1;
      write(`Driftcast set-up ${number}/${phases}: ${text}`);
    },
    note(text) {
      if (!quiet) write(`  ${text}`);
    },
    progress(done, total) {
      if (done === 0) lastTenth = 0;
      const tenth = Math.min(10, Math.floor((done / total) * 10));
      if (quiet || tenth <= lastTenth) return;
      lastTenth = tenth;
      write(`  ${tenth * 10} % (${megabytes(done)} of ${megabytes(total)})`);
    },
    warn(sentence, details = '') {
      if (details) write(`  ${details.replaceAll('\n', '\n  ')}`);
      write(`Driftcast set-up, warning: ${sentence}`);
    },
  };
}

/** Bytes as whole megabytes (10⁶). @param {number} bytes */
export function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

/**
 * A failure of the set-up with the sentence that the person is to read. `kind` says what is missing, so
 * that the caller can decide whether to go on without it and when to try again.
 */
export class SetupError extends Error {
  /**
   * @param {'platform' | 'python' | 'network' | 'disk' | 'compiler' | 'corrupt' | 'other'} kind
   * @param {string} message one whole sentence: what happened, to what, what to do
   * @param {string} [details] the failing program's own last lines
   */
  constructor(kind, message, details = '') {
    super(message);
    this.kind = kind;
    this.details = details;
  }
}
