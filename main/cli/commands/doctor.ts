/** `driftcast doctor`: what computes here, and why the rest does not. */
import type { Doctor } from '#shared/domain/system.ts';
import { bytes } from '../print/format.ts';
import { table } from '../print/table.ts';
import { addVerb, type Common, type Verbs, withService } from '../verb.ts';

export function registerDoctor(verbs: Verbs): void {
  addVerb(verbs.program, 'doctor', 'Show which compute backend runs and why the others do not').action(
    (options: Common) =>
      withService(verbs, options, async ({ client, output }) => {
        const doctor = await client.system.doctor();
        output.answer(doctor, () => describe(doctor));
        return undefined;
      }),
  );
}

function describe(doctor: Doctor): string {
  const backends = table(doctor.backends, [
    { title: 'backend', value: (row) => row.name },
    { title: 'state', value: (row) => (row.active ? 'active' : row.available ? 'available' : 'not here') },
    { title: 'why', value: (row) => row.reason },
  ]);
  const versions = Object.entries(doctor.versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  return [
    backends,
    '',
    `Electron   ${doctor.electron.available ? 'available' : 'not available'}: ${doctor.electron.reason}`,
    `Threads    ${doctor.threads}`,
    `Memory     ${bytes(doctor.memoryBytes)}`,
    `Workspace  ${doctor.workspace}`,
    `Versions   ${versions}`,
  ].join('\n');
}
