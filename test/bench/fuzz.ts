/** Twenty minutes of damaged files, of every format or of one, through the engine that reads files. */
import { fuzzCampaign } from '../data/fuzz/campaign.ts';
import type { Measure } from './measure.ts';

export async function benchFuzz(minutes: number, seed: number, only?: string): Promise<Measure[]> {
  const report = await fuzzCampaign({
    seed,
    seconds: minutes * 60,
    only,
    onProgress: (files) => console.error(`${files} damaged files`),
  });
  for (const { seed: own, specimen, what } of report.findings)
    console.error(`seed ${own}, ${specimen}: ${what}`);
  const settings = { seed, minutes, ...report.outcomes };
  return [
    { name: 'damaged files', value: report.files, unit: '', settings },
    {
      name: 'without a sentence, too late or too large',
      value: report.findings.length,
      unit: '',
      settings: { goal: 0 },
    },
    { name: 'slowest', value: report.slowestMilliseconds / 1000, unit: 's', settings: { goal: 'below 2' } },
    { name: 'peak memory', value: (report.peakBytes ?? Number.NaN) / 2 ** 20, unit: 'MiB', settings: {} },
  ];
}
