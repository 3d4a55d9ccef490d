/** `driftcast weights export|import|pack`: a run's weights under the public names and layouts, as safetensors. */
import { findNamed } from '../names.ts';
import { bytes } from '../print/format.ts';
import { addVerb, type Common, type Verbs, withService } from '../verb.ts';

export function registerWeights(verbs: Verbs): void {
  const weights = verbs.program.command('weights').description('Take weights out of a run or put them in');
  addVerb(weights, 'export', 'Write the weights of all networks to a safetensors file')
    .argument('<run>', 'id or name of the run')
    .argument('<file>', 'the file to write')
    .action((name: string, file: string, options: Common) =>
      withService(verbs, options, async (session) => {
        const run = findNamed('run', name, await session.client.runs.list());
        const path = session.path(file);
        const written = await session.client.runs.exportWeights({ run: run.id, path });
        session.output.answer(
          { run: run.id, file: path, ...written },
          () => `${written.tensors} tensors of ${run.name} written to ${path} (${bytes(written.bytes)})`,
        );
        return undefined;
      }),
    );
  addVerb(
    weights,
    'pack',
    'Write a finished run as a folder that forecasts elsewhere: weights, settings, scores',
  )
    .argument('<run>', 'id or name of the run')
    .argument('<folder>', 'the folder to write; made if need be')
    .action((name: string, folder: string, options: Common) =>
      withService(verbs, options, async (session) => {
        const run = findNamed('run', name, await session.client.runs.list());
        const path = session.path(folder);
        const written = await session.client.runs.pack({ run: run.id, path });
        session.output.answer(
          { run: run.id, folder: path, ...written },
          () =>
            `${run.name} written to ${path}: ${written.tensors} tensors (${bytes(written.bytes)}), ${written.scored ? 'with its scores on the test split' : 'never scored on its test split'}`,
        );
        return undefined;
      }),
    );
  addVerb(weights, 'import', 'Replace the weights of a run by those of a safetensors file')
    .argument('<run>', 'id or name of the run')
    .argument('<file>', 'the file to read')
    .action((name: string, file: string, options: Common) =>
      withService(verbs, options, async (session) => {
        const run = findNamed('run', name, await session.client.runs.list());
        const path = session.path(file);
        const read = await session.client.runs.importWeights({ run: run.id, path });
        session.output.answer(
          { run: run.id, file: path, ...read },
          () => `${read.tensors} tensors of ${path} are now the weights of ${run.name}`,
        );
        return undefined;
      }),
    );
}
