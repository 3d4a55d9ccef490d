/** Joins the stage loop to the run it belongs to: checkpoints, metrics, progress and the clock over all stages. */
import type { MethodModel, Stage } from '../methods/method.ts';
import { calibrate } from './calibrate.ts';
import type { CheckpointMeta, StagePosition } from './checkpoint.ts';
import { modelTensors } from './checkpoint.ts';
import { TrainControl } from './control.ts';
import type { Probe } from './estimate.ts';
import { forecastRows } from './forecast.ts';
import type { TrainRequest, TrainResult } from './request.ts';
import { trainingTensors } from './resume.ts';
import { batchNote, rowsAtOnce } from './row-memory.ts';
import type { StageHost, StageLoop } from './stage-loop.ts';
import { MeasuredCost, planOf, type StageCosts, stageSeconds } from './time-left.ts';
import { frozenBuffers, trainableParameters } from './trainable.ts';
import { forecastScore, type ValidationContext, validationLoss } from './validation.ts';

const CHECKPOINT_SECONDS = 60;

export class TrainHost {
  #epochs: number;
  /** Seconds of the stages before the current one. */
  #earlierSeconds: number;
  #position: StagePosition | null = null;
  #bestCrps: number | null;

  constructor(
    readonly request: TrainRequest,
    readonly model: MethodModel,
    readonly probe: Probe,
    saved: CheckpointMeta | null,
  ) {
    this.#epochs = saved?.epochs ?? 0;
    this.#earlierSeconds = saved ? saved.seconds - saved.position.stageSeconds : 0;
    this.#bestCrps = saved?.bestValidationCrps ?? null;
  }

  /** Of validation forecasts so far, normalised units; null before the first. */
  get bestCrps(): number | null {
    return this.#bestCrps;
  }

  get #seconds(): number {
    return this.#earlierSeconds + (this.#position?.stageSeconds ?? 0);
  }

  result(status: TrainResult['status']): TrainResult {
    return { status, epochs: this.#epochs, bestValidationCrps: this.#bestCrps, seconds: this.#seconds };
  }

  /** Examples of a stage's batch that fit into memory together; says so where that is not all of them. */
  rowsAtOnce(stage: Stage): number {
    const available = this.request.availableBytes ?? Number.POSITIVE_INFINITY;
    const bytes = this.probe.rowBytes[this.model.stages.indexOf(stage)]!;
    const rows = rowsAtOnce(stage, bytes, available);
    if (rows < Math.min(stage.settings.batchSize, this.request.train.count))
      this.request.onNote?.(batchNote(stage, bytes, rows));
    return rows;
  }

  forStage(stage: Stage, position: StagePosition): StageHost {
    this.#earlierSeconds = this.#seconds;
    this.#position = position;
    const { request, model } = this;
    const { settings, validation } = request;
    const control = request.control ?? new TrainControl();
    const plan = planOf(settings, stage.settings, request.train.count);
    const index = model.stages.indexOf(stage);
    const clock = new StageClock(this.probe.stages[index]!);
    const signal = request.signal ?? null;
    const context = this.#validation;
    const progress = (loss: number | null) =>
      request.onProgress?.({
        stage: stage.name,
        epoch: position.epoch + 1,
        epochs: plan.epochs,
        step: position.steps,
        steps: plan.epochs * plan.stepsPerEpoch,
        loss,
        stepSeconds: clock.step.seconds,
        secondsLeft: this.#secondsLeft(index, position, clock),
      });
    return {
      seed: settings.seed,
      number: index + 1,
      parameters: trainableParameters(stage, settings.freeze),
      frozenBuffers: frozenBuffers(stage, settings.freeze),
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
        if (stage.scoredBy === 'loss') return { loss, score: loss };
        return { loss, score: await clock.time('score', () => forecastScore(context)) };
      },
      saveLast: (loop) => this.#saveLast(loop),
      saveBest: async (epoch, score) => {
        if (stage.scoredBy === 'forecast' && validation.count > 0) this.#bestCrps = score;
        const meta = { formatVersion: 1, stage: stage.name, epoch, score };
        // Until the last network is trained, nobody must take these weights for a whole model.
        const parts = new Set(model.stages.slice(0, index + 1).map(({ part }) => part));
        await request.store.save('best', modelTensors(model, [...parts]), meta);
      },
      epochDone: async ({ loss, validationLoss: validated, score }) => {
        this.#epochs++;
        await request.onMetrics?.({
          stage: stage.name,
          epoch: position.epoch + 1,
          steps: position.steps,
          loss,
          validationLoss: validated,
          validationCrps: stage.scoredBy === 'forecast' ? score : null,
          seconds: position.epochSeconds,
        });
        progress(loss);
      },
    };
  }

  /** Tunes what the method tunes on validation forecasts, and keeps it with the best weights. */
  async calibrate(): Promise<void> {
    const { calibration } = this.model;
    if (calibration === null || this.request.validation.count === 0) return;
    const score = await calibrate(calibration, this.#validation);
    this.#bestCrps = score;
    const meta = {
      formatVersion: 1,
      stage: this.model.stages.at(-1)!.name,
      epoch: this.#epochs,
      score,
      calibration: { [calibration.name]: calibration.value },
    };
    await this.request.store.save('best', modelTensors(this.model), meta);
    const value = Number(calibration.value.toPrecision(3));
    this.request.onNote?.(
      `On validation forecasts ${calibration.name} = ${value} was best of ${calibration.candidates.length}.`,
    );
  }

  get #validation(): ValidationContext {
    const { settings, validation, signal = null } = this.request;
    const maxBatch = forecastRows(validation.shape);
    return { model: this.model, source: validation, settings, maxBatch, signal };
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

  #secondsLeft(index: number, position: StagePosition, clock: StageClock): number {
    const { settings, train } = this.request;
    const plan = (stage: Stage) => planOf(settings, stage.settings, train.count);
    const here = stageSeconds(plan(this.model.stages[index]!), clock.costs, {
      epoch: position.epoch,
      step: position.step,
      elapsed: position.stageSeconds,
    });
    // The next stages were only probed; how far the probe was off is known from this one.
    const { scale } = clock;
    let seconds = here + this.probe.calibration * scale;
    for (const [later, stage] of this.model.stages.entries()) {
      if (later <= index || trainableParameters(stage, settings.freeze).size === 0) continue;
      const probed = this.probe.stages[later]!;
      const costs: StageCosts = {
        step: probed.step * scale,
        validationLoss: probed.validationLoss * scale,
        validationScore: probed.validationScore * scale,
      };
      seconds += stageSeconds(plan(stage), costs, { epoch: 0, step: 0, elapsed: 0 });
    }
    return seconds;
  }
}

/** Measured costs of the stage that runs, starting from the probe's. */
class StageClock {
  readonly step: MeasuredCost;
  readonly #loss: MeasuredCost;
  readonly #score: MeasuredCost;
  readonly #probed: StageCosts;

  constructor(probed: StageCosts) {
    this.#probed = probed;
    this.step = new MeasuredCost(probed.step);
    this.#loss = new MeasuredCost(probed.validationLoss);
    this.#score = new MeasuredCost(probed.validationScore);
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
