/** Puts the verbs together and turns every way a command can end into an exit code. */
import { Command, CommanderError } from 'commander';
import { DriftcastError } from '#shared/errors.ts';
import { registerCompare } from './commands/compare.ts';
import { registerDemo } from './commands/demo.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEvaluate } from './commands/evaluate.ts';
import { registerForecast } from './commands/forecast.ts';
import { registerInspect } from './commands/inspect.ts';
import { registerLabel } from './commands/label.ts';
import { registerList } from './commands/list.ts';
import { registerPrepare } from './commands/prepare.ts';
import { registerReference } from './commands/reference.ts';
import { registerSamples } from './commands/samples.ts';
import { registerServe } from './commands/serve.ts';
import { registerSimulate } from './commands/simulate.ts';
import { registerTradeoff } from './commands/tradeoff.ts';
import { registerTrain } from './commands/train.ts';
import { registerWeights } from './commands/weights.ts';
import type { Environment } from './environment.ts';
import { Output } from './output.ts';
import type { Verbs } from './verb.ts';

/** In the order in which `--help` lists them: the way of a new user. */
const registry = [
  registerDemo,
  registerDoctor,
  registerSamples,
  registerSimulate,
  registerInspect,
  registerPrepare,
  registerTrain,
  registerForecast,
  registerEvaluate,
  registerCompare,
  registerTradeoff,
  registerList,
  registerLabel,
  registerServe,
  registerReference,
  registerWeights,
];

/**
 * Runs one command line.
 * @param words without the program's own name
 * @returns the exit code: 0, or 1 with the error on stderr (and as JSON on stdout under `--json`)
 */
export async function runProgram(
  words: readonly string[],
  environment: Environment,
  version: string,
): Promise<number> {
  const program = new Command('driftcast')
    .description('Train probabilistic forecasters on gridded data and score their ensemble forecasts.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void environment.stdout.write(text),
      // Complaints come back as exceptions and are written once, below.
      writeErr: () => {},
    })
    .showHelpAfterError(false);
  const verbs: Verbs = { program, environment, outcome: { code: 0 } };
  for (const register of registry) register(verbs);
  try {
    if (words.length === 0) {
      environment.stdout.write(program.helpInformation());
      return 0;
    }
    await program.parseAsync(words, { from: 'user' });
    return verbs.outcome.code;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
    const json = words.includes('--json');
    new Output(environment, json).failure(thrown instanceof CommanderError ? badUsage(thrown) : thrown);
    return 1;
  }
}

function badUsage(error: CommanderError): DriftcastError {
  const message = error.message.replace(/^error: /, '');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1).replace(/\n/g, ' ');
  return new DriftcastError(
    'bad-input',
    /[.?)]$/.test(sentence) ? sentence : `${sentence}.`,
    'driftcast --help lists the verbs, driftcast VERB --help their options.',
  );
}
