/**
 * The engine process: `engine.js --lane=files` or `--lane=compute`, started and supervised by the service. It
 * binds the compute rooms, which know no files, to the workspace and to messages.
 */
import { engineMain } from './host/engine-main.ts';
import { processTransport } from './host/transport.ts';

const lane = process.argv.find((argument) => argument.startsWith('--lane='))?.slice('--lane='.length);

// Each lane loads its own half alone: the files lane never pays for, nor dies of, the compute backend.
if (lane === 'files') {
  engineMain('files', async () => (await import('./handlers/files-lane.ts')).filesLane(), processTransport());
} else if (lane === 'compute') {
  engineMain(
    'compute',
    async () => (await import('./handlers/compute-lane.ts')).computeLane(),
    processTransport(),
  );
} else {
  process.stderr.write('The engine wants --lane=files or --lane=compute.\n');
  process.exit(1);
}
