/** The words after the browser shell's name. */
import { parseArgs } from 'node:util';
import { DriftcastError } from '#shared/errors.ts';

export interface WebOptions {
  workspace: string | null;
  port: number | null;
  open: boolean;
  json: boolean;
  help: boolean;
  files: string[];
}

export const webUsage = `Serves Driftcast to a browser on this machine.

  --port PORT       port on 127.0.0.1; a free one when left out
  --no-open         do not open the browser
  --workspace DIR   the folder that keeps datasets, runs and forecasts
  --json            print the address as JSON
  FILE…             files to open`;

/** @throws `bad-input` for words that are not understood. */
export function readWords(words: string[]): WebOptions {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(words);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('. ')[0] : '';
    throw new DriftcastError('bad-input', `${why}.`, 'Run it with --help to see its options.', { cause });
  }
  const { values, positionals } = parsed;
  return {
    workspace: values.workspace ?? null,
    port: values.port === undefined ? null : portOf(values.port),
    open: values['no-open'] !== true,
    json: values.json ?? false,
    help: values.help ?? false,
    files: positionals,
  };
}

function parse(words: string[]) {
  return parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      workspace: { type: 'string' },
      port: { type: 'string' },
      open: { type: 'boolean' },
      'no-open': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new DriftcastError(
      'bad-input',
      `${text} is no port.`,
      'Give --port a number from 1024 to 65535, or 0 for any free one.',
    );
  }
  return port;
}
