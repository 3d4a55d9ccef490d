/** An hour of clicking around: no error, and no memory that grows. In a real browser whose graphics run in software. */
import { startApp } from '../e2e/app.ts';
import { installInstruments } from '../e2e/instruments.ts';
import { type Rest, walk } from '../e2e/walk.ts';
import type { Measure } from './measure.ts';

const LEG_STEPS = 120;

export async function benchSoak(minutes: number, seed: number): Promise<Measure[]> {
  const app = await startApp({ beforeOpening: installInstruments });
  try {
    let told = 0;
    const { steps, findings, sentences, rests } = await walk(app, {
      seed,
      seconds: minutes * 60,
      legSteps: LEG_STEPS,
      onLeg: (so) => {
        const last = so.rests.at(-1)!;
        console.error(
          `${so.steps} steps, heap ${(last.heapBytes / 2 ** 20).toFixed(1)} MiB, ${last.contexts} WebGL contexts, ${last.textures} textures, ${last.buffers} buffers, ${last.nodes} elements`,
        );
        for (const finding of so.findings.slice(told)) console.error(finding);
        told = so.findings.length;
      },
    });
    for (const sentence of sentences) console.error(`shown: ${sentence}`);
    const settings = { minutes, seed, legs: rests.length };
    return [
      { name: 'steps', value: steps, unit: '', settings },
      { name: 'errors', value: findings.length, unit: '', settings: { ...settings, goal: 0 } },
      growth('heap', rests, ({ heapBytes }) => heapBytes),
      ...(['contexts', 'textures', 'buffers', 'nodes'] as const).map((what) => ({
        name: `${what} held at the end`,
        value: rests.at(-1)![what],
        unit: '',
        settings: { 'at most before': Math.max(...rests.slice(0, -1).map((rest) => rest[what])) },
      })),
    ];
  } finally {
    await app.close();
  }
}

/** The last third over the middle one: the first one fills caches. */
function growth(name: string, rests: readonly Rest[], of: (rest: Rest) => number): Measure {
  const third = Math.floor(rests.length / 3);
  const mean = (part: readonly Rest[]) => part.reduce((sum, rest) => sum + of(rest), 0) / part.length;
  const middle = mean(rests.slice(third, 2 * third));
  const value = (mean(rests.slice(2 * third)) / middle - 1) * 100;
  return { name: `growth of ${name}`, value, unit: '%', settings: { middle, goal: 'below 10' } };
}
