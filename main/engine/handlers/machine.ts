/** What this process computes with. */
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
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

/** Of the memory that is free when a task starts; the rest is for what it does besides, and for other programs. */
const SHARE = 0.8;

/**
 * Bytes that the tensors of one task may take. On a GPU, where TensorFlow itself says that memory ran out, there is no
 * such number: Infinity.
 */
export async function availableBytes(): Promise<number> {
  const { backend } = await describeMachine();
  if (backend.name === 'tensorflow-gpu') return Number.POSITIVE_INFINITY;
  // macOS makes room by compressing what others hold, and tells of next to nothing that is free.
  const least = process.platform === 'darwin' ? totalmem() / 2 : 0;
  return SHARE * Math.max(least, process.availableMemory());
}

export const describe: Handler<'describe'> = async () => {
  const { backend, versions } = await describeMachine();
  return { backends: backend.reasons, versions, threads: backend.threads };
};
