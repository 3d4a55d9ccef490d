/**
 * What the simulating threads and the handler that writes their frames say to each other: types alone. A thread
 * computes one trajectory after the other and hands over blocks of frames; it may be ahead of the writer by so many
 * bytes as it has been granted, so that memory stays bounded whatever the order in which trajectories get done.
 */
import type { StaticField } from '#main/engine/simulators/simulator.ts';
import type { SimulationPreview } from '#shared/domain/simulation.ts';
import type { ErrorData } from '#shared/errors.ts';

export interface TrajectoryOrder {
  simulator: string;
  /** Complete: they have passed the simulator's schema. */
  settings: Record<string, unknown>;
  seed: number;
  trajectory: number;
  trajectories: number;
  /** Frames in a block; the last one of a trajectory may be shorter. */
  blockFrames: number;
  /** Bytes of blocks that may be on their way without having been written. */
  windowBytes: number;
}

export type ToThread =
  | { type: 'simulate'; order: TrajectoryOrder }
  /** Blocks of so many bytes have been written. */
  | { type: 'written'; bytes: number };

export interface FrameBlock {
  first: number;
  count: number;
  /** One array [count, space] a variable. */
  fields: Float32Array<ArrayBuffer>[];
}

export type FromThread =
  | { type: 'statics'; fields: readonly StaticField[] }
  | { type: 'block'; block: FrameBlock }
  /** Frames done of the current trajectory. */
  | { type: 'progress'; frames: number }
  | { type: 'preview'; preview: SimulationPreview }
  | { type: 'done' }
  | { type: 'failed'; error: ErrorData };

/** A thread seen from the handler; {@link FromThread} alone arrives, whatever it is made of. */
export interface SimulationThread {
  post(message: ToThread): void;
  onMessage(listener: (message: FromThread) => void): void;
  /** The thread has broken down by itself. */
  onBreakdown(listener: (error: Error) => void): void;
  /** Ends it at once, also in the middle of a computation. */
  end(): Promise<void>;
}
