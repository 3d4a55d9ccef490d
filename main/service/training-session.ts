/** One run while it trains: what the engine tells becomes run.json, events for watchers, and the job's progress. */
import type { EngineTask } from '#main/engine/host/supervisor.ts';
import type { TrainEvent, TrainInput, TrainOutput } from '#main/engine/protocol.ts';
import type { RunEvent } from '#shared/contract/index.ts';
import type { Label } from '#shared/domain/label.ts';
import { stagesOf } from '#shared/domain/methods.ts';
import type { EpochMetrics, Run } from '#shared/domain/run.ts';
import { DriftcastError, toErrorData } from '#shared/errors.ts';
import type { Core } from './core.ts';
import type { JobContext, JobOutcome } from './job-registry.ts';
import { epochKey, tally } from './run-tally.ts';

/** Between asking a training to stop at its next step and stopping it the hard way. */
const stopMilliseconds = 60_000;

export class TrainingSession {
  run: Run;
  /** Resolves when the run is at rest, however it ended; never rejects. */
  ended: Promise<void> = Promise.resolve();
  /** Of the job that trains it; empty before the job has begun. */
  job = '';
  private readonly core: Core;
  private readonly publish: (event: RunEvent) => void;
  private readonly abort = new AbortController();
  private readonly epochs = new Map<string, EpochMetrics>();
  private task: EngineTask<TrainOutput> | null = null;
  private intent: 'pause' | 'stop' | null = null;
  private patience: NodeJS.Timeout | null = null;
  private saving: Promise<void> = Promise.resolve();

  constructor(core: Core, run: Run, past: readonly EpochMetrics[], publish: (event: RunEvent) => void) {
    this.core = core;
    this.run = run;
    this.publish = publish;
    for (const metrics of past) this.epochs.set(epochKey(metrics), metrics);
  }

  /** The work of its job: waits for its turn, trains, and leaves run.json in its final state. */
  async work(context: JobContext, input: TrainInput): Promise<JobOutcome> {
    context.signal.addEventListener('abort', () => this.stop('stop'), { once: true });
    try {
      await context.turn('train');
      await this.save({ status: 'training', problem: null });
      this.task = this.core.compute.start('train', input, {
        signal: this.abort.signal,
        onEvent: (event) => this.hear(event, context),
        restart: {
          input: (before) => ({ ...before, resume: true }),
          // An epoch whose checkpoint was never written has to be trained again: it is no progress.
          isProgress: (event) => event.kind === 'checkpoint',
          onRestart: (error) => this.note(`${error.message} Training goes on from the last checkpoint.`),
        },
      });
      if (this.intent !== null) this.task.control('pause');
      const output = await this.task.result;
      return await this.finish(output);
    } catch (thrown) {
      return await this.fail(thrown);
    } finally {
      if (this.patience !== null) clearTimeout(this.patience);
      this.task = null;
    }
  }

  /**
   * Ends training after the current step, the last checkpoint kept. `pause` means to go on some day, `stop`
   * does not; both can be resumed.
   */
  stop(intent: 'pause' | 'stop'): void {
    this.intent ??= intent;
    this.task?.control('pause');
    this.patience ??= setTimeout(() => this.abort.abort(), stopMilliseconds);
  }

  relabel(label: Label): void {
    this.run = { ...this.run, ...label };
    this.publish({ kind: 'run', run: this.run });
  }

  finishEarly(): void {
    if (this.task === null)
      throw new DriftcastError(
        'conflict',
        `${this.run.name} has not begun to train yet.`,
        'Cancel it instead, or wait until it trains.',
      );
    this.task.control('finish-early');
  }

  private hear(event: TrainEvent, context: JobContext): void {
    switch (event.kind) {
      case 'started':
        void this.save({
          parameters: event.parameters,
          validationReferences: event.references,
          backend: event.backend,
          versions: { ...this.run.versions, ...event.versions },
        });
        return;
      case 'epoch': {
        this.epochs.set(epochKey(event.metrics), event.metrics);
        this.publish(event);
        void this.save({ ...this.tally(), stage: event.metrics.stage });
        return;
      }
      case 'progress': {
        const { stage, epoch, epochs, step, steps, secondsLeft } = event;
        this.publish(event);
        if (stage !== this.run.stage) void this.save({ stage });
        context.update({
          fraction: this.fraction(event),
          message: `${stage} epoch ${epoch} of ${epochs}, step ${step} of ${steps}`,
          secondsLeft,
        });
        return;
      }
      case 'note':
        this.note(event.message);
        return;
      case 'checkpoint':
        return;
    }
  }

  /** Over all stages, each weighing as many epochs as it was set to have. */
  private fraction(event: Extract<TrainEvent, { kind: 'progress' }>): number {
    const stages = stagesOf(this.run.settings);
    const epochsOf = (list: typeof stages) => list.reduce((sum, { settings }) => sum + settings.epochs, 0);
    const at = Math.max(
      0,
      stages.findIndex(({ name }) => name === event.stage),
    );
    const total = Math.max(1, epochsOf(stages));
    const before = epochsOf(stages.slice(0, at));
    const own = epochsOf(stages.slice(at, at + 1));
    const within = (event.epoch - 1 + event.step / Math.max(1, event.steps)) / Math.max(1, event.epochs);
    return Math.min(1, Math.max(0, (before + own * Math.min(1, within)) / total));
  }

  private tally(): ReturnType<typeof tally> {
    return tally([...this.epochs.values()]);
  }

  private note(message: string): void {
    this.core.log.info({ run: this.run.id }, message);
    this.publish({ kind: 'note', message });
  }

  private async finish(output: TrainOutput): Promise<JobOutcome> {
    const paused = output.status === 'paused';
    const { seconds } = this.tally();
    const status = !paused ? 'finished' : this.intent === 'stop' ? 'stopped' : 'paused';
    await this.saveForSure({
      status,
      epochs: output.epochs,
      bestValidationCrps: output.bestValidationCrps,
      // The engine may count this sitting alone; the epochs tell of all of them.
      seconds: Math.max(seconds, output.seconds),
    });
    if (!paused) return;
    return { status: 'cancelled', message: pausedMessage(this.run) };
  }

  private async fail(thrown: unknown): Promise<JobOutcome> {
    const error = toErrorData(thrown);
    if (error.code === 'cancelled') {
      await this.saveForSure({ status: this.intent === 'stop' ? 'stopped' : 'paused' });
      return { status: 'cancelled', message: pausedMessage(this.run) };
    }
    await this.saveForSure({ status: 'failed', problem: error.message }).catch((left: unknown) =>
      this.core.log.error({ err: left, run: this.run.id }),
    );
    throw thrown;
  }

  /** Tells watchers at once and writes in order; a disk that refuses for a while does not end the training. */
  private save(change: Partial<Run>): Promise<void> {
    return this.saveForSure(change).catch((thrown: unknown) => {
      this.note(toErrorData(thrown).message);
    });
  }

  private saveForSure(change: Partial<Run>): Promise<void> {
    this.run = { ...this.run, ...change };
    const run = this.run;
    this.publish({ kind: 'run', run });
    const written = this.saving.then(() => this.core.entities.runs.write(run.id, run));
    this.saving = written.catch(() => undefined);
    return written;
  }
}

function pausedMessage(run: Run): string {
  const epochs = `${run.epochs} epoch${run.epochs === 1 ? '' : 's'}`;
  return `${run.status === 'paused' ? 'Paused' : 'Stopped'} after ${epochs}; the last checkpoint is kept.`;
}
