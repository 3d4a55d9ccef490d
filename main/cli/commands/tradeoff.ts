/** `driftcast tradeoff`: what a run's forecasts cost and how good they are, by sampling schedule. */
import { type SplitName, splitNames } from '#shared/domain/dataset.ts';
import { followJob } from '../jobs.ts';
import { findNamed } from '../names.ts';
import { oneOf, wholeNumber } from '../parse/numbers.ts';
import { tradeoffJson, tradeoffText } from '../print/comparison.ts';
import { addVerb, type Common, type Verbs, withCompute } from '../verb.ts';

interface TradeoffOptions extends Common {
  schedules?: (string | null)[];
  split: SplitName;
  members: number;
  starts: number;
  horizon?: number;
  seed: number;
}

export function registerTradeoff(verbs: Verbs): void {
  addVerb(verbs.program, 'tradeoff', "Time and score a run's forecasts with several sampling schedules")
    .argument('<run>', 'id or name of the run')
    .option(
      '--schedules <list>',
      'names with commas between them, "full" for every step; a sensible choice when left out',
      scheduleNames,
    )
    .option('--split <split>', `${splitNames.join(', ')}`, oneOf('--split', splitNames), 'validation')
    .option('--members <count>', 'ensemble members', wholeNumber('--members', 2), 10)
    .option('--starts <count>', 'a seeded sample of this many starts', wholeNumber('--starts'), 8)
    .option('--horizon <steps>', 'data steps; as trained when left out', wholeNumber('--horizon'))
    .option('--seed <number>', 'seed of the members and of the sample of starts', wholeNumber('--seed', 0), 1)
    .action((word: string, options: TradeoffOptions) =>
      withCompute(verbs, options, async (session) => {
        const { client } = session;
        const run = findNamed('run', word, await client.runs.list());
        const { schedules = null, split, members, starts, horizon = null, seed } = options;
        const { job } = await client.tradeoffs.start({
          run: run.id,
          schedules,
          split,
          members,
          starts,
          horizon,
          seed,
        });
        await followJob(session, job);
        const tradeoff = await client.tradeoffs.result({ job });
        session.output.answer(tradeoffJson(tradeoff), () => tradeoffText(tradeoff, run.name));
        return undefined;
      }),
    );
}

/** "full" stands for no acceleration, which has no name of its own. */
function scheduleNames(text: string): (string | null)[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (name === 'full' ? null : name));
}
