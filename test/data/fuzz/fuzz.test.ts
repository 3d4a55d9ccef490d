/** A minute of damaged files of every format; `npm run bench -- --only fuzz` goes on for twenty. */
import { expect, it } from 'vitest';
import { fuzzCampaign } from './campaign.ts';

it('ends every damaged file in an answer or a sentence, in time and in bounds', async () => {
  const report = await fuzzCampaign({ seed: 1, seconds: 60, files: 4000 });
  console.log(`${report.files} damaged files: ${JSON.stringify(report.outcomes)}`);
  expect(report.findings).toEqual([]);
  expect(report.files).toBeGreaterThan(300);
}, 180_000);

it('ends a damaged heap of dimension names in an answer or a sentence, which the library would search for ever', async () => {
  const { findings } = await fuzzCampaign({ seed: 1_005_910, seconds: 60, files: 1 });
  expect(findings).toEqual([]);
}, 60_000);
