/** Every kind of case that a folder may hold, recognised by the names of its files. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseReport } from './case.ts';
import { runFileCases } from './files.ts';
import { runMeshCases } from './mesh-cases.ts';
import { type ReadFile, runTensorCases } from './tensor-cases.ts';
import { runTimeCases } from './times.ts';

/** One report a case; `onCase` hears of each as soon as it is known. */
export async function runFolderCases(
  folder: string,
  readFile: ReadFile,
  onCase: (report: CaseReport) => void,
): Promise<CaseReport[]> {
  const reports = await runTensorCases(readFile, onCase);
  for (const [name, run] of [
    ['expect.json', runFileCases],
    ['cf_times.json', runTimeCases],
    ['spring_mesh.json', runMeshCases],
  ] as const) {
    if (!(await exists(join(folder, name)))) continue;
    const found: CaseReport[] = await run(folder);
    found.forEach(onCase);
    reports.push(...found);
  }
  return reports;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
