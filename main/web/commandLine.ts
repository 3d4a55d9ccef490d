/** The words after the browser shell's name. */
import { parseArgs } from 'node:util';
import { DriftcastError } from '#shared/errors.ts';

/** What listening to other machines takes: never less than all three. */
export interface BeyondLoopback {
  /** An address of this machine, or 0.0.0.0 or :: for all of them. */
  host: string;
  /** PEM files: a certificate (with its chain) and its private key. */
  certificate: string;
  key: string;
}

export interface WebOptions {
  workspace: string | null;
  port: number | null;
  beyond: BeyondLoopback | null;
  open: boolean;
  json: boolean;
  help: boolean;
  files: string[];
}

export const webUsage = `Serves Driftcast to a browser on this machine.

  --port PORT       port on 127.0.0.1; a free one when left out
  --no-open         do not open the browser
  --host ADDRESS    listen to other machines too; takes --tls-cert and --tls-key
  --tls-cert FILE   certificate of the names that browsers will use (PEM)
  --tls-key FILE    its private key (PEM)
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
    beyond: beyondLoopback(values.host, values['tls-cert'], values['tls-key']),
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
      host: { type: 'string' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      open: { type: 'boolean' },
      'no-open': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
}

const loopbacks = ['127.0.0.1', 'localhost'];

/**
 * Null where nothing was asked for beyond this machine.
 * @throws `bad-input` for another address without certificate and key, and for those without an address
 */
export function beyondLoopback(
  host: string | undefined,
  certificate: string | undefined,
  key: string | undefined,
): BeyondLoopback | null {
  const here = host === undefined || loopbacks.includes(host);
  if (here && certificate === undefined && key === undefined) return null;
  if (here)
    throw new DriftcastError(
      'bad-input',
      'On this machine alone Driftcast needs no certificate.',
      'Say with --host which address other machines reach, or leave --tls-cert and --tls-key out.',
    );
  if (certificate === undefined || key === undefined)
    throw new DriftcastError(
      'bad-input',
      `Driftcast listens at ${host} with encryption only.`,
      'Give --tls-cert and --tls-key too, or leave --host out and come through an SSH tunnel.',
    );
  return { host, certificate, key };
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
