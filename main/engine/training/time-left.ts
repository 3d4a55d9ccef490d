/** An honest guess of the time left: measured costs times what is still to do, validation and the next stage included. */
import type { StageSettings, TrainSettings } from '#shared/domain/settings.ts';

/** Seconds that the parts of one stage take. */
export interface StageCosts {
  step: number;
  validationLoss: number;
  validationScore: number;
}

/** How much there is to do in a stage. */
export interface StagePlan {
  epochs: number;
  stepsPerEpoch: number;
  /** Score after every this many epochs, and after the last. */
  scoreEvery: number;
  maxSeconds: number | null;
}

export function planOf(settings: TrainSettings, stage: StageSettings, examples: number): StagePlan {
  return {
    epochs: stage.epochs,
    stepsPerEpoch: Math.ceil(examples / (stage.batchSize * stage.accumulation)),
    scoreEvery: settings.validation.everyEpochs,
    maxSeconds: stage.maxSeconds,
  };
}

/** Whether the epoch (from 0) is one after which forecasts are scored. */
export function isScored(plan: StagePlan, epoch: number): boolean {
  return (epoch + 1) % plan.scoreEvery === 0 || epoch === plan.epochs - 1;
}

/** Seconds that a stage takes from an epoch and step on, given how long it has run. */
export function stageSeconds(
  plan: StagePlan,
  costs: StageCosts,
  from: { epoch: number; step: number; elapsed: number },
): number {
  const epochs = plan.epochs - from.epoch;
  const steps = epochs * plan.stepsPerEpoch - from.step;
  let scored = 0;
  for (let epoch = from.epoch; epoch < plan.epochs; epoch++) if (isScored(plan, epoch)) scored++;
  const seconds = steps * costs.step + epochs * costs.validationLoss + scored * costs.validationScore;
  if (plan.maxSeconds === null) return Math.max(0, seconds);
  // At the limit the stage still ends with one last evaluation.
  const limit = plan.maxSeconds - from.elapsed + costs.validationLoss + costs.validationScore;
  return Math.max(0, Math.min(seconds, limit));
}

/** A cost that is known roughly at first and better with every measurement. */
export class MeasuredCost {
  #seconds: number;
  #measured = false;

  constructor(guess: number) {
    this.#seconds = guess;
  }

  add(seconds: number): void {
    this.#seconds = this.#measured ? 0.8 * this.#seconds + 0.2 * seconds : seconds;
    this.#measured = true;
  }

  get seconds(): number {
    return this.#seconds;
  }

  get measured(): boolean {
    return this.#measured;
  }
}
