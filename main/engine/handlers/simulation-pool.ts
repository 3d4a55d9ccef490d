/**
 * Shares trajectories out among threads and hands on what they make in the order of the trajectories, whichever
 * thread was first, so that a file comes out the same from one thread as from many.
 */
import { breathe } from '#main/data/background.ts';
import type { StaticField } from '#main/engine/simulators/simulator.ts';
import type { SimulationPreview } from '#shared/domain/simulation.ts';
import { DriftcastError, fromErrorData } from '#shared/errors.ts';
import type { FrameBlock, FromThread, SimulationThread, TrajectoryOrder } from './simulation-messages.ts';

/** Takes statics, then blocks in ascending order, trajectory by trajectory. */
export interface TrajectorySink {
  statics(trajectory: number, fields: readonly StaticField[]): void;
  block(trajectory: number, block: FrameBlock): void;
}

export interface PoolOptions {
  signal: AbortSignal;
  /** Share of all frames that is computed, and the number of trajectories that are written. */
  onProgress(fraction: number, finished: number): void;
  onPreview(preview: SimulationPreview): void;
}

/** Blocks that a thread may be ahead of the writer. */
const windowBytes = 32 * 1024 * 1024;

interface Output {
  thread: SimulationThread;
  waiting: (readonly StaticField[] | FrameBlock)[];
  frames: number;
  done: boolean;
}

function brokenDown(error: Error): DriftcastError {
  const memory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
  return memory
    ? new DriftcastError(
        'out-of-memory',
        'There was not enough memory for the simulation.',
        'Choose a smaller grid or close other programs, then try again.',
        { cause: error },
      )
    : new DriftcastError(
        'engine-died',
        'A thread of the simulation stopped unexpectedly.',
        'Try again; if it happens again, copy the details and report them.',
        { cause: error },
      );
}

const bytesOf = (block: FrameBlock) => block.fields.reduce((bytes, field) => bytes + field.byteLength, 0);

/**
 * Computes trajectories 0 … count − 1 and gives them to the sink in that order.
 * @throws DriftcastError `cancelled`, or what a simulator or the sink threw
 */
export async function computeTrajectories(
  threads: readonly SimulationThread[],
  order: Omit<TrajectoryOrder, 'trajectory' | 'windowBytes'>,
  frames: number,
  sink: TrajectorySink,
  { signal, onProgress, onPreview }: PoolOptions,
): Promise<void> {
  const { trajectories } = order;
  const outputs = new Map<number, Output>();
  let next = 0;
  let turn = 0;
  let computed = 0;
  let pumping = false;

  await new Promise<void>((resolve, reject) => {
    const cancel = (): void => reject(new DriftcastError('cancelled', 'The work was cancelled.'));
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });

    function employ(thread: SimulationThread): void {
      if (next >= trajectories) return;
      const trajectory = next++;
      outputs.set(trajectory, { thread, waiting: [], frames: 0, done: false });
      thread.post({ type: 'simulate', order: { ...order, trajectory, windowBytes } });
    }

    function tell(output: Output, done: number): void {
      computed += done - output.frames;
      output.frames = done;
      onProgress(computed / (trajectories * frames), turn);
    }

    /** Writes what is there of the trajectory whose turn it is, and then of the next. */
    async function pump(): Promise<void> {
      if (pumping) return;
      pumping = true;
      for (;;) {
        const output = outputs.get(turn);
        const item = output?.waiting.shift();
        if (output && item !== undefined) {
          if ('count' in item) {
            sink.block(turn, item);
            output.thread.post({ type: 'written', bytes: bytesOf(item) });
          } else sink.statics(turn, item);
          await breathe(signal);
        } else if (output?.done) {
          outputs.delete(turn);
          turn++;
          if (turn === trajectories) resolve();
        } else break;
      }
      pumping = false;
    }

    function receive(thread: SimulationThread, message: FromThread): void {
      const mine = [...outputs.values()].find((output) => output.thread === thread && !output.done);
      if (mine === undefined) return;
      switch (message.type) {
        case 'preview':
          onPreview(message.preview);
          return;
        case 'progress':
          tell(mine, message.frames);
          return;
        case 'failed':
          reject(fromErrorData(message.error));
          return;
        case 'statics':
          mine.waiting.push(message.fields);
          break;
        case 'block':
          mine.waiting.push(message.block);
          break;
        case 'done':
          mine.done = true;
          tell(mine, frames);
          employ(thread);
      }
      pump().catch(reject);
    }

    for (const thread of threads) {
      thread.onMessage((message) => receive(thread, message));
      thread.onBreakdown((error) => reject(brokenDown(error)));
      employ(thread);
    }
  });
}
