/** What can be asked of a training run while it goes on, and what it tells meanwhile. */
import type { EpochMetrics, Run, StageName } from '#shared/domain/run.ts';

/** Asked from outside, heeded between optimiser steps. */
export class TrainControl {
  #pause = false;
  #finishEarly = false;

  /** Stop after the current step with a checkpoint to go on from. */
  pause(): void {
    this.#pause = true;
  }

  /** End the current stage now and keep its best weights. */
  finishEarly(): void {
    this.#finishEarly = true;
  }

  get pauseRequested(): boolean {
    return this.#pause;
  }

  /** Whether the stage shall end; asking takes the wish away, so that it ends one stage and not the next as well. */
  takeFinishEarly(): boolean {
    const asked = this.#finishEarly;
    this.#finishEarly = false;
    return asked;
  }
}

export interface TrainProgress {
  stage: StageName;
  /** From 1. */
  epoch: number;
  epochs: number;
  /** Optimiser steps of the stage: done, and in all. */
  step: number;
  steps: number;
  loss: number | null;
  stepSeconds: number | null;
  /** Of all stages with their validation, from measured times. */
  secondsLeft: number | null;
}

export interface TrainListener {
  onStarted?(facts: { parameters: number; references: Run['validationReferences'] }): void;
  onProgress?(progress: TrainProgress): void;
  /** After a resume an epoch can be told twice when the run was killed right after it; the last one counts. */
  onMetrics?(metrics: EpochMetrics): Promise<void> | void;
  onCheckpoint?(stage: StageName, epoch: number): void;
  /** Sentences for the user, e.g. that batches were halved. */
  onNote?(message: string): void;
}
