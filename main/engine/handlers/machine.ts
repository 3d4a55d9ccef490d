/** What this process computes with. */
import { createRequire } from 'node:module';
import type { Handler } from '../host/engine-main.ts';
import { type Backend, loadBackend } from '../runtime/backend.ts';

interface Machine {
  backend: Backend;
  versions: Record<string, string>;
}

let machine: Promise<Machine> | null = null;

/** Loads the backend once; `DRIFTCAST_THREADS` limits its threads. */
export function describeMachine(): Promise<Machine> {
  machine ??= load();
  return machine;
}

async function load(): Promise<Machine> {
  const threads = Number(process.env.DRIFTCAST_THREADS);
  const backend = await loadBackend(Number.isInteger(threads) && threads > 0 ? { threads } : {});
  const { version } = createRequire(import.meta.url)('@tensorflow/tfjs/package.json') as { version: string };
  return { backend, versions: { node: process.versions.node, tfjs: version } };
}

export const describe: Handler<'describe'> = async () => {
  const { backend, versions } = await describeMachine();
  return { backends: backend.reasons, versions, threads: backend.threads };
};
