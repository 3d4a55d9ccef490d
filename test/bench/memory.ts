/**
 * Measure 3: the peak memory of sampling must not depend on the horizon (7, 16 and 134 data steps are those of the
 * paper's three systems). Each horizon has a process of its own, because a process never shows less than its peak.
 */
import { fork } from 'node:child_process';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { sampleEnsemble } from './ensemble.ts';
import type { Measure } from './measure.ts';

const HORIZONS = [7, 16, 134];
const MEMBERS = 8;
const settings = { cells: 60, auxiliarySteps: 0, dim: 16 };

/** Runs in the forked process: answers its peak resident memory in bytes. */
export async function measureSamplingMemory(horizon: number): Promise<void> {
  await loadBackend();
  await sampleEnsemble({ ...settings, horizon }, MEMBERS, null);
  process.send!(process.resourceUsage().maxRSS * 1024);
}

export async function benchMemory(): Promise<Measure[]> {
  const peaks: number[] = [];
  for (const horizon of HORIZONS) peaks.push(await peakOf(horizon));
  const results = HORIZONS.map((horizon, i) => ({
    name: `peak memory h=${horizon}`,
    value: peaks[i]! / 2 ** 20,
    unit: 'MiB',
    settings: { ...settings, horizon, members: MEMBERS },
  }));
  const spread = (Math.max(...peaks) / Math.min(...peaks) - 1) * 100;
  return [
    ...results,
    { name: 'peak memory, largest over smallest', value: spread, unit: '%', settings: { goal: 'below 5' } },
  ];
}

function peakOf(horizon: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1]!, ['--measure-memory', String(horizon)]);
    let peak: number | null = null;
    child.on('message', (bytes) => {
      peak = Number(bytes);
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      peak === null
        ? reject(new Error(`Sampling over ${horizon} steps ended with exit code ${code}.`))
        : resolve(peak),
    );
  });
}
