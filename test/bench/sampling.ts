/**
 * Measure 2: an ensemble forecast of the paper's sea surface temperature set-up (60×60 cells, h = 7, k = 25), and how
 * its cost grows with members, horizon and diffusion steps. A quarter of the published width keeps it short; ratios
 * between the lines do not depend on that.
 */
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { type EnsembleSettings, sampleEnsemble } from './ensemble.ts';
import type { Measure } from './measure.ts';

const base: EnsembleSettings = { cells: 60, horizon: 7, auxiliarySteps: 25, dim: 16 };

const lines: { settings: EnsembleSettings; members: number; schedule: string | null }[] = [
  { settings: base, members: 20, schedule: null },
  { settings: base, members: 20, schedule: 'every2' },
  { settings: base, members: 20, schedule: 'only_dynamics_plus5' },
  { settings: base, members: 20, schedule: 'only_dynamics' },
  { settings: base, members: 5, schedule: 'only_dynamics' },
  { settings: base, members: 10, schedule: 'only_dynamics' },
  { settings: { ...base, horizon: 14 }, members: 10, schedule: 'only_dynamics' },
  { settings: { ...base, horizon: 28 }, members: 10, schedule: 'only_dynamics' },
];

export async function benchSampling(): Promise<Measure[]> {
  const backend = await loadBackend();
  // Kernels and buffers are set up at the first calls.
  await sampleEnsemble({ ...base, horizon: 2, auxiliarySteps: 0 }, 10, null);
  const results: Measure[] = [];
  for (const { settings, members, schedule } of lines) {
    const { seconds, networkCalls, rows } = await sampleEnsemble(settings, members, schedule);
    const name = `forecast h=${settings.horizon} M=${members} ${schedule ?? 'every step'}`;
    const more = { ...settings, members, schedule, networkCalls, rows, threads: backend.threads };
    results.push({ name, value: seconds, unit: 's', settings: more });
  }
  return results;
}
