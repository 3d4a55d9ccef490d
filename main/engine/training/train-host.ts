/** Joins the stage loop to the run it belongs to: checkpoints, metrics, progress and the clock over both stages. */
import type { StageName } from '#shared/domain/run.ts';
import type { DyffusionModel } from '../dyffusion/model.ts';
import type { CheckpointMeta, StagePosition } from './checkpoint.ts';
import { modelTensors } from './checkpoint.ts';
import { TrainControl } from './control.ts';
import type { Probe } from './estimate.ts';
import type { TrainRequest, TrainResult } from './request.ts';
import { trainingTensors } from './resume.ts';
import type { StageHost, StageLoop } from './stage-loop.ts';
import type { Stage } from './stages.ts';
import { MeasuredCost, planOf, type StageCosts, stageSeconds } from './time-left.ts';
import { forecastScore, validationLoss } from './validation.ts';

/** Rows in one network call of validation forecasts; training keeps far more per row in memory. */
const FORECAST_BATCH = 32;
const CHECKPOINT_SECONDS = 60;

export class TrainHost {
  #epochs: number;
  /** Seconds of the stages before the current one. */
  #earlierSeconds: number;
  #position: StagePosition | null = null;
  #bestCrps: number | null;

  constructor(
    readonly request: TrainRequest,
    readonly model: DyffusionModel,
    readonly probe: Probe,
    saved: CheckpointMeta | null,
  ) {
    this.#epochs = saved?.epochs ?? 0;
    this.#earlierSeconds = saved ? saved.seconds - saved.position.stageSeconds : 0;
    this.#bestCrps = saved?.bestValidationCrps ?? null;
  }

  get #seconds(): number {
    return this.#earlierSeconds + (this.#position?.stageSeconds ?? 0);
  }

  result(status: TrainResult['status']): TrainResult {
    return { status, epochs: this.#epochs, bestValidationCrps: this.#bestCrps, seconds: this.#seconds };
  }

  forStage(stage: Stage, position: StagePosition): StageHost {
    this.#earlierSeconds = this.#seconds;
    this.#position = position;
    const { request, model } = this;
    const { settings, validation } = request;
    const control = request.control ?? new TrainControl();
    const plan = planOf(settings, stage.settings, request.train.count);
    const clock = new StageClock(this.probe, stage.name);
    const signal = request.signal ?? null;
    const context = { model, source: validation, settings, maxBatch: FORECAST_BATCH, signal };
    const progress = (loss: number | null) =>
      request.onProgress?.({
        stage: stage.name,
        epoch: position.epoch + 1,
        epochs: plan.epochs,
        step: position.steps,
        steps: plan.epochs * plan.stepsPerEpoch,
        loss,
        stepSeconds: clock.step.seconds,
        secondsLeft: this.#secondsLeft(stage.name, position, clock),
      });
    return {
      seed: settings.seed,
      source: request.train,
      plan,
      patience: settings.patience,
      checkpointSeconds: request.checkpointSeconds ?? CHECKPOINT_SECONDS,
      signal,
      pauseRequested: () => control.pauseRequested,
      takeFinishEarly: () => control.takeFinishEarly(),
      note: (message) => request.onNote?.(message),
      stepDone: (loss, seconds) => {
        clock.step.add(seconds);
        progress(loss);
      },
      validate: async (scored) => {
        if (validation.count === 0) return { loss: null, score: null };
        const loss = await clock.time('loss', () => validationLoss(stage, context));
        if (!scored) return { loss, score: null };
        // The interpolator is judged by its loss, as published. The CRPS of its draws prefers the first epochs, whose
        // wide spread flatters single draws; sampling adds up many draws and comes out far too wide.
        if (stage.name === 'interpolator') return { loss, score: loss };
        return { loss, score: await clock.time('score', () => forecastScore(context)) };
      },
      saveLast: (loop) => this.#saveLast(loop),
      saveBest: async (epoch, score) => {
        if (stage.name === 'forecaster' && validation.count > 0) this.#bestCrps = score;
        const meta = { formatVersion: 1, stage: stage.name, epoch, score };
        // Until the forecaster is trained, nobody must take these weights for a whole model.
        const parts = stage.name === 'interpolator' ? (['interpolator'] as const) : undefined;
        await request.store.save('best', modelTensors(model, parts), meta);
      },
      epochDone: async ({ loss, validationLoss: validated, score }) => {
        this.#epochs++;
        await request.onMetrics?.({
          stage: stage.name,
          epoch: position.epoch + 1,
          steps: position.steps,
          loss,
          validationLoss: validated,
          validationCrps: stage.name === 'forecaster' ? score : null,
          seconds: position.epochSeconds,
        });
        progress(loss);
      },
    };
  }

  async #saveLast(loop: StageLoop): Promise<void> {
    const { request, model } = this;
    const optimiser = await loop.optimiser.state();
    const tensors = modelTensors(model);
    const shape = [loop.vector.size];
    tensors.set(trainingTensors.first, { shape, data: optimiser.first });
    tensors.set(trainingTensors.second, { shape, data: optimiser.second });
    if (loop.average)
      tensors.set(trainingTensors.average, {
        shape,
        data: (await loop.average.vector.data()) as Float32Array,
      });
    const meta: CheckpointMeta = {
      formatVersion: 1,
      stage: loop.stage.name,
      seed: request.settings.seed,
      position: { ...loop.position },
      epochs: this.#epochs,
      seconds: this.#seconds,
      optimiserSteps: optimiser.steps,
      averageSteps: loop.average?.steps ?? 0,
      bestValidationCrps: this.#bestCrps,
    };
    await request.store.save('last', tensors, meta);
    request.onCheckpoint?.(loop.stage.name, loop.position.epoch + 1);
  }

  #secondsLeft(name: StageName, position: StagePosition, clock: StageClock): number {
    const { settings, train } = this.request;
    const now = planOf(settings, settings[name], train.count);
    const here = stageSeconds(now, clock.costs, {
      epoch: position.epoch,
      step: position.step,
      elapsed: position.stageSeconds,
    });
    if (name === 'forecaster') return here;
    // The next stage was only probed; how far the probe was off is known from this one.
    const { forecaster } = this.probe;
    const costs: StageCosts = {
      step: forecaster.step * clock.scale,
      validationLoss: forecaster.validationLoss * clock.scale,
      validationScore: forecaster.validationScore * clock.scale,
    };
    const next = planOf(settings, settings.forecaster, train.count);
    return here + stageSeconds(next, costs, { epoch: 0, step: 0, elapsed: 0 });
  }
}

/** Measured costs of the stage that runs, starting from the probe's. */
class StageClock {
  readonly step: MeasuredCost;
  readonly #loss: MeasuredCost;
  readonly #score: MeasuredCost;
  readonly #probed: StageCosts;

  constructor(probe: Probe, stage: StageName) {
    this.#probed = probe[stage];
    this.step = new MeasuredCost(this.#probed.step);
    this.#loss = new MeasuredCost(this.#probed.validationLoss);
    this.#score = new MeasuredCost(this.#probed.validationScore);
  }

  get costs(): StageCosts {
    return {
      step: this.step.seconds,
      validationLoss: this.#loss.seconds,
      validationScore: this.#score.seconds,
    };
  }

  get scale(): number {
    return this.#probed.step > 0 ? this.step.seconds / this.#probed.step : 1;
  }

  async time<Result>(what: 'loss' | 'score', work: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const result = await work();
    (what === 'loss' ? this.#loss : this.#score).add((performance.now() - started) / 1000);
    return result;
  }
}
