/** A dataset's boundary condition, which is physical, as the sampler applies it to normalised snapshots. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import * as tf from '../runtime/tf.ts';

export interface BoundaryHook {
  /** `snapshot` [rows, height, width, channel], normalised, with prescribed values in their places; a new tensor. */
  apply(snapshot: tf.Tensor4D, lead: number): tf.Tensor4D;
  dispose(): void;
}

/** What is prescribed in a forecast from `start`; null for data without boundary conditions. */
export function boundaryHook(dataset: PreparedDataset, start: number): BoundaryHook | null {
  const boundary = dataset.boundary(start);
  if (boundary === null) return null;
  const { height, width, channels, normaliser } = dataset;
  const field = (values: Float32Array) => tf.tensor4d(values, [1, height, width, channels.length]);
  const free = field(boundary.held.map((held) => 1 - held));
  return {
    apply: (snapshot, lead) =>
      tf.tidy(() => {
        const values = boundary.values(lead);
        normaliser.normalise(values, dataset.after(start, lead));
        const prescribed = field(values.map((value, i) => (boundary.held[i] === 1 ? value : 0)));
        return snapshot.mul(free).add(prescribed) as tf.Tensor4D;
      }),
    dispose: () => free.dispose(),
  };
}
