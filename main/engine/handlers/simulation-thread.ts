/**
 * A thread that simulates: it computes the trajectories it is told, gathers frames into blocks as large as the file
 * stores them, and waits where the writer is behind.
 */
import type { MessagePort } from 'node:worker_threads';
import { type AnySimulator, findSimulator } from '#main/engine/simulators/registry.ts';
import type { SimulationLayout, SimulationTask } from '#main/engine/simulators/simulator.ts';
import { toErrorData } from '#shared/errors.ts';
import type { FromThread, ToThread, TrajectoryOrder } from './simulation-messages.ts';
import { previewOf } from './simulation-preview.ts';

const progressMilliseconds = 100;
const previewMilliseconds = 250;

/** Bytes on their way to the writer, and whoever waits for them to become fewer. */
class Credit {
  #bytes = 0;
  #wake: (() => void) | null = null;

  written(bytes: number): void {
    this.#bytes -= bytes;
    this.#wake?.();
  }

  async take(bytes: number, window: number): Promise<void> {
    while (this.#bytes > 0 && this.#bytes + bytes > window) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
    this.#bytes += bytes;
  }
}

/** True at most once in so many milliseconds. */
function rhythm(milliseconds: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - last < milliseconds) return false;
    last = now;
    return true;
  };
}

/** Serves the handler at the other end of `port`; the thread ends when it is ended from there. */
export function serveSimulations(port: MessagePort, simulators?: readonly AnySimulator[]): void {
  const credit = new Credit();
  const post = (message: FromThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const previewDue = rhythm(previewMilliseconds);
  const progressDue = rhythm(progressMilliseconds);

  async function simulate(order: TrajectoryOrder): Promise<void> {
    const simulator = findSimulator(order.simulator, simulators);
    const settings = order.settings as never;
    const layout = simulator.layout(settings);
    const task: SimulationTask = {
      trajectory: order.trajectory,
      seed: order.seed,
      onStatics: (fields) => post({ type: 'statics', fields }),
      onFrame: frameHandler(order, layout),
    };
    await simulator.simulate(settings, task);
  }

  function frameHandler(order: TrajectoryOrder, layout: SimulationLayout): SimulationTask['onFrame'] {
    const frames = layout.time.values.length;
    const cells = layout.space.reduce((product, axis) => product * axis.values.length, 1);
    const { trajectory, trajectories, blockFrames, windowBytes } = order;
    const empty = () => layout.variables.map(() => new Float32Array(blockFrames * cells));
    let fields = empty();
    return async (index, frame) => {
      const within = index % blockFrames;
      for (const [i, field] of fields.entries()) field.set(frame[i]!, within * cells);
      if (previewDue())
        post({
          type: 'preview',
          preview: previewOf(layout, { trajectory, trajectories, frame: index }, frame),
        });
      if (progressDue()) post({ type: 'progress', frames: index + 1 });
      if (within < blockFrames - 1 && index < frames - 1) return;
      const count = within + 1;
      const full = count === blockFrames ? fields : fields.map((field) => field.slice(0, count * cells));
      await credit.take(count * cells * 4 * full.length, windowBytes);
      post(
        { type: 'block', block: { first: index - within, count, fields: full } },
        full.map((field) => field.buffer),
      );
      fields = empty();
    };
  }

  port.on('message', (message: ToThread) => {
    if (message.type === 'written') {
      credit.written(message.bytes);
      return;
    }
    simulate(message.order).then(
      () => post({ type: 'done' }),
      (thrown: unknown) => post({ type: 'failed', error: toErrorData(thrown) }),
    );
  });
}
