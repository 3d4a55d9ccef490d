/**
 * What all verbs share: the options `--json` and `--workspace`, a service that is opened for the time of
 * one command and closed whatever happens, and the way failures become exit codes.
 */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client, Environment } from './environment.ts';
import { Output } from './output.ts';

export interface Common {
  json?: boolean;
  workspace?: string;
}

/** What a command works with while it runs. */
export interface Session {
  client: Client;
  output: Output;
  environment: Environment;
  /** An absolute path of one given on the command line. */
  path(given: string): string;
}

/** Exit codes of the commands run so far; the program answers the last one. */
export interface Outcome {
  code: number;
}

export interface Verbs {
  program: Command;
  environment: Environment;
  outcome: Outcome;
}

/** Adds a verb with the options that every verb has. */
export function addVerb(parent: Command, usage: string, description: string): Command {
  return parent
    .command(usage)
    .description(description)
    .option('--json', 'print the answer as JSON on stdout')
    .option('--workspace <folder>', 'the folder that keeps datasets, runs and forecasts');
}

/** Runs a command's work with a service of its own; the work answers the exit code (nothing: 0). */
export async function withService(
  verbs: Verbs,
  options: Common,
  work: (session: Session) => Promise<number | undefined>,
): Promise<void> {
  const { environment } = verbs;
  const output = new Output(environment, options.json ?? false);
  const path = (given: string) => resolve(environment.folder, given);
  const workspace = options.workspace === undefined ? null : path(options.workspace);
  const opened = await environment.openService(workspace);
  try {
    verbs.outcome.code = (await work({ client: opened.client, output, environment, path })) ?? 0;
  } finally {
    output.progress.clear();
    await opened.close();
  }
}

/** The same for work that a network does: whoever waits without TensorFlow is told why it takes so long. */
export function withCompute(
  verbs: Verbs,
  options: Common,
  work: (session: Session) => Promise<number | undefined>,
): Promise<void> {
  return withService(verbs, options, async (session) => {
    const { backends } = await session.client.system.doctor();
    if (backends.find(({ active }) => active)?.name === 'javascript')
      session.output.note(
        'TensorFlow is not in use, so this takes many times longer; driftcast doctor says why.',
      );
    return work(session);
  });
}
