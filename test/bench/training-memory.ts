/**
 * Whether memory stays level while a model trains on a series that is read from disk: resident memory of the compute
 * engine, once a second, in the first and in the last third of each stage.
 */
import type { Service } from '#main/service/service.ts';
import { settingsFor } from '#shared/domain/methods.ts';
import type { Run } from '#shared/domain/run.ts';
import { engineMemory } from './engine-memory.ts';

/** Less than any series of these benchmarks, so that frames come from disk. */
export const seriesInMemory = 32 * 2 ** 20;
const STAGE_SECONDS = 60;
const SAMPLE_MILLISECONDS = 1000;

interface Level {
  name: string;
  value: number;
  unit: string;
  goal?: string;
}

export async function trainingMemory({ client }: Service, dataset: string): Promise<Level[]> {
  const { summary } = await client.datasets.get({ dataset });
  const preset = (await client.presets.list()).find(({ name }) => name === 'sst-tiny')!;
  const base = settingsFor(preset, preset.settings.method, summary);
  const stage = { epochs: 1000, maxSeconds: STAGE_SECONDS };
  const settings = {
    ...base,
    interpolator: { ...base.interpolator, ...stage },
    forecaster: { ...base.forecaster, ...stage },
    validation: { ...base.validation, everyEpochs: 1000 },
  };
  const { run } = await client.runs.start({ dataset, preset: preset.name, settings, init: null });
  const samples = new Map<string, number[]>();
  let now: string | null = null;
  const sampler = setInterval(() => {
    if (now === null) return;
    samples.set(now, [...(samples.get(now) ?? []), engineMemory('compute', 'VmRSS')]);
  }, SAMPLE_MILLISECONDS);
  let steps = 0;
  let ended: Run | null = null;
  try {
    for await (const event of await client.runs.watch({ run })) {
      if (event.kind === 'note') console.error(event.message);
      if (event.kind === 'run' && ['finished', 'failed', 'stopped', 'paused'].includes(event.run.status)) {
        ended = event.run;
        break;
      }
      if (event.kind !== 'progress') continue;
      now = event.stage;
      steps = event.step;
    }
  } finally {
    clearInterval(sampler);
  }
  if (ended?.status !== 'finished') throw new Error(ended?.problem ?? 'The training did not finish.');
  return [
    ...[...samples].flatMap(([name, values]) => levels(name, values)),
    { name: 'steps of the last stage', value: steps, unit: 'steps' },
    { name: 'peak memory of training', value: engineMemory('compute', 'VmHWM') / 2 ** 20, unit: 'MiB' },
  ];
}

function levels(stage: string, samples: number[]): Level[] {
  const third = Math.ceil(samples.length / 3);
  const most = (values: number[]) => Math.max(...values) / 2 ** 20;
  // The first step of a stage fills the allocator's pools.
  const [first, last] = [most(samples.slice(2, third)), most(samples.slice(-third))];
  return [
    { name: `${stage}: memory in its first third`, value: first, unit: 'MiB' },
    { name: `${stage}: memory in its last third`, value: last, unit: 'MiB' },
    { name: `${stage}: growth`, value: (last / first - 1) * 100, unit: '%', goal: 'below 10' },
  ];
}
