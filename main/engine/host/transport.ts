/**
 * The engine's end of the channel to the service, whichever way the process was started. Its most important
 * duty is to end: an engine whose service is gone must not stay behind.
 */
import { Worker } from 'node:worker_threads';
import type { FromEngine } from '../protocol.ts';

export interface EngineTransport {
  post(message: FromEngine): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The service has gone. */
  onClose(listener: () => void): void;
  /** Ends the process. */
  exit(code: number): void;
}

/** Electron's `process.parentPort`, by what is used of it. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

function parentPort(): ParentPort | null {
  const port: unknown = (process as { parentPort?: unknown }).parentPort;
  return typeof port === 'object' && port !== null ? (port as ParentPort) : null;
}

/** The channel that this process was started with. @throws Error when it was started by hand. */
export function processTransport(): EngineTransport {
  const port = parentPort();
  if (port !== null) {
    watchParent();
    return {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', (event) => listener(event.data)),
      onClose: (listener) => void port.on('close', listener),
      exit: (code) => process.exit(code),
    };
  }
  if (process.send === undefined) throw new Error('The engine is started by Driftcast, not by hand.');
  watchParent();
  // Ctrl-C reaches every process of a terminal; what it means for running work is the service's to say.
  process.on('SIGINT', () => undefined);
  return {
    post(message) {
      if (process.connected) process.send?.(message);
    },
    onMessage: (listener) => void process.on('message', listener),
    onClose: (listener) => void process.on('disconnect', listener),
    exit: (code) => process.exit(code),
  };
}

/**
 * Ends this process when its parent was killed while the main thread computes and so can't see the channel
 * close. A thread of its own looks once a second whether the parent is still there.
 */
function watchParent(): void {
  try {
    const watcher = new Worker(watcherProgram, {
      eval: true,
      workerData: process.ppid,
      resourceLimits: { maxOldGenerationSizeMb: 16 },
    });
    watcher.unref();
    watcher.on('error', () => undefined);
  } catch {
    // Without a watcher the closing channel still ends the process, if only after the current step.
  }
}

const watcherProgram = `
  const { workerData: parent } = require('node:worker_threads');
  setInterval(() => {
    let gone = process.ppid !== parent;
    try { process.kill(parent, 0); } catch (error) { gone = gone || error.code === 'ESRCH'; }
    if (gone) process.kill(process.pid, 'SIGKILL');
  }, 1000);
`;
