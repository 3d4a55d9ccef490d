/** What a training run is given and what it answers. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import type { CheckpointStore } from './checkpoint.ts';
import type { TrainControl, TrainListener } from './control.ts';

export interface TrainRequest extends TrainListener {
  settings: TrainSettings;
  train: ExampleSource;
  validation: ExampleSource;
  store: CheckpointStore;
  /** Go on from the store's `last` when there is one. */
  resume: boolean;
  /** Weights to start from, named as in exported files; ignored when resuming. */
  initial?: ReadonlyMap<string, StoredTensor> | null;
  /** Seconds between checkpoints within an epoch; there is one after every epoch anyway. */
  checkpointSeconds?: number;
  /** Bytes of memory that tensors may take; left out where running out of it can be caught, as on a GPU. */
  availableBytes?: number;
  control?: TrainControl;
  signal?: AbortSignal | null;
}

export interface TrainResult {
  status: 'finished' | 'paused';
  /** Epochs done in all stages. */
  epochs: number;
  /** Fair CRPS in normalised units; null without validation examples. */
  bestValidationCrps: number | null;
  /** Of training, without pauses. */
  seconds: number;
}
