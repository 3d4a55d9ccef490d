/**
 * The engine process: `engine.js --lane=files`, `--lane=compute` or `--lane=simulation`, started and supervised by
 * the service. It binds the compute rooms, which know no files, to the workspace and to messages. The simulation lane
 * starts it again in worker threads.
 */
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { engineMain } from './host/engine-main.ts';
import { processTransport } from './host/transport.ts';

const lane = process.argv.find((argument) => argument.startsWith('--lane='))?.slice('--lane='.length);

// Long work stands back where processors are short: the window and the maps that it asks for come first. Threads that
// are started from here on, TensorFlow's among them, inherit it.
if (lane === 'compute' || lane === 'simulation') standBack();

// Each lane loads its own part alone: the files lane never pays for, nor dies of, the compute backend.
if (parentPort !== null && workerData === 'simulation') {
  const port = parentPort;
  // Not awaited here: what is imported may share code with this very module, which would then wait for itself.
  void import('./handlers/simulation-thread.ts').then(({ serveSimulations }) => serveSimulations(port));
} else if (lane === 'files') {
  engineMain('files', async () => (await import('./handlers/files-lane.ts')).filesLane(), processTransport());
} else if (lane === 'compute') {
  engineMain(
    'compute',
    async () => (await import('./handlers/compute-lane.ts')).computeLane(),
    processTransport(),
  );
} else if (lane === 'simulation') {
  engineMain(
    'simulation',
    async () => (await import('./handlers/simulation-lane.ts')).simulationLane(import.meta.url),
    processTransport(),
  );
} else {
  process.stderr.write('The engine wants --lane=files, --lane=compute or --lane=simulation.\n');
  process.exit(1);
}

function standBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not everyone may; then all are equal.
  }
}
