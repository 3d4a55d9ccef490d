import { describe, expect, it } from 'vitest';
import type { BaselineData } from '#main/engine/baselines/baseline.ts';
import { baselineNames, createBaseline } from '#main/engine/baselines/registry.ts';
import { ScoreAccumulator } from '#main/engine/verification/accumulator.ts';

/** One cell with a season of four steps and an anomaly that fades by half each step; three training years. */
const season = (t: number) => [10, 20, 30, 20][((t % 4) + 4) % 4]!;
const data: BaselineData = {
  frame: async (t) => Float32Array.of(season(t) + 8 * 0.5 ** t),
  seasonalMean: (t) => Float32Array.of(season(t)),
  trainingEnsemble: (t) => [-1, 0, 1].map((offset) => Float32Array.of(season(t) + offset)),
};

async function run(name: string, start: number, leads: number[]) {
  const fields: number[][] = [];
  await createBaseline(name, data).forecast({ start, leads, members: 20, seed: 1 }, (field) => {
    expect(field.values.length).toBe(field.members);
    fields.push([field.lead, ...field.values]);
  });
  return fields;
}

describe('baselines', () => {
  it('persist, follow the season, or repeat the training years', async () => {
    expect(await run('persistence', 0, [1, 3])).toEqual([
      [1, 18],
      [3, 18],
    ]);
    expect(await run('anomaly-persistence', 0, [1, 2])).toEqual([
      [1, 28],
      [2, 38],
    ]);
    expect(await run('climatology', 3, [1])).toEqual([[1, 9, 10, 11]]);
    expect(baselineNames).toEqual(['persistence', 'anomaly-persistence', 'climatology']);
    expect(() => createBaseline('constructor', data)).toThrow(/no method that forecasts without training/);
  });

  it('stop when asked to', async () => {
    const task = { start: 0, leads: [1], members: 1, seed: 1, signal: AbortSignal.abort() };
    for (const name of baselineNames)
      await expect(createBaseline(name, data).forecast(task, () => {})).rejects.toMatchObject({
        code: 'cancelled',
      });
  });

  it('are scored like any other method', async () => {
    const scores = new ScoreAccumulator({ members: 1, leads: [1, 2], cells: 1, channels: 1 });
    for (const start of [0, 1]) {
      const task = { start, leads: [1, 2], members: 5, seed: 1 };
      await createBaseline('anomaly-persistence', data).forecast(task, async ({ lead, values }) => {
        scores.add(start, lead - 1, values, await data.frame(start + lead));
      });
    }
    const { overall, byLead } = scores.scores('K');
    // The anomaly fades from 8 to 4 and 2, and from 4 to 2 and 1: errors 4 and 2 at lead 1, 6 and 3 at lead 2.
    expect(byLead.map((s) => s.fairCrps)).toEqual([3, 4.5]);
    expect(overall.fairCrps).toBe(3.75);
    expect(byLead[0]!.mse).toBe((16 + 4) / 2);
  });
});
