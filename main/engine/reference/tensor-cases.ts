/** Runs every case of a folder with cases.json or schedules.json; all settings and shapes come from the folder. */
import { toErrorData } from '#shared/errors.ts';
import { networkKinds } from '../networks/registry.ts';
import { readSafetensors } from '../networks/safetensors.ts';
import type { CaseDescription, CaseReport, TensorCase } from './case.ts';
import { runDdpmCase, runMcvdCase } from './diffusion-cases.ts';
import { runLossCase, runSamplingCase } from './dyffusion-cases.ts';
import { runNetworkCase } from './network-cases.ts';
import { runAdamWCase, runScheduleCase, runScoresCase, type ScheduleDescription } from './number-cases.ts';

/** Content of a file of the folder; null where there is none of that name. */
export type ReadFile = (name: string) => Promise<Uint8Array | null>;

type Runner = (one: TensorCase) => CaseReport | Promise<CaseReport>;

function runnerOf(name: string): Runner | null {
  const kind = networkKinds.find((known) => name.startsWith(known));
  if (kind) return (one) => runNetworkCase(one, kind);
  if (name.startsWith('sampling')) return runSamplingCase;
  if (name.startsWith('loss')) return runLossCase;
  if (name.startsWith('adamw')) return runAdamWCase;
  if (name.startsWith('scores')) return runScoresCase;
  if (name.startsWith('ddpm')) return runDdpmCase;
  if (name.startsWith('mcvd')) return runMcvdCase;
  return null;
}

/** One report a case, in the order of the files; a case that cannot be run is a failure with the reason as its note. */
export async function runTensorCases(
  readFile: ReadFile,
  onCase: (report: CaseReport) => void = () => {},
): Promise<CaseReport[]> {
  const reports: CaseReport[] = [];
  const add = (report: CaseReport) => {
    reports.push(report);
    onCase(report);
  };
  const schedules = await readJson<ScheduleDescription[]>(readFile, 'schedules.json');
  for (const one of schedules ?? [])
    add(await guarded(`schedule ${one.schedule} h=${one.horizon}`, () => runScheduleCase(one)));

  const cases = await readJson<Record<string, CaseDescription>>(readFile, 'cases.json');
  for (const [name, description] of Object.entries(cases ?? {})) {
    const run = runnerOf(name);
    if (!run) {
      add({
        name,
        error: null,
        tolerance: null,
        ok: true,
        skipped: true,
        note: 'Driftcast does not know this kind of case.',
      });
      continue;
    }
    add(
      await guarded(name, async () => {
        const file = await readFile(`${name}.safetensors`);
        return run({ name, description, tensors: file ? readSafetensors(file) : new Map() });
      }),
    );
  }
  return reports;
}

async function guarded(name: string, run: () => CaseReport | Promise<CaseReport>): Promise<CaseReport> {
  try {
    return await run();
  } catch (thrown) {
    const { message } = toErrorData(thrown);
    return { name, error: null, tolerance: null, ok: false, note: message };
  }
}

async function readJson<T>(readFile: ReadFile, name: string): Promise<T | null> {
  const bytes = await readFile(name);
  return bytes === null ? null : (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
