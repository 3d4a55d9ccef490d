/** Calls that train: binds the training loop to a run's folder. */
import { join } from 'node:path';
import { entityFiles } from '#main/workspace/entities.ts';
import { appendLine, readLines, replaceLines } from '#main/workspace/lines.ts';
import { type EpochMetrics, epochMetricsSchema } from '#shared/domain/run.ts';
import type { Handler } from '../host/engine-main.ts';
import { TrainControl } from '../training/control.ts';
import { estimateTraining } from '../training/estimate.ts';
import { trainRun } from '../training/train.ts';
import { checkpointStore } from './checkpoints.ts';
import { initialWeights } from './initial.ts';
import { availableBytes, describeMachine } from './machine.ts';
import { preparedIn } from './prepared.ts';

export const estimate: Handler<'estimate'> = async ({ datasetFolder, settings }) => {
  const dataset = await preparedIn(datasetFolder);
  const [train, validation] = [dataset.examples('train'), dataset.examples('validation')];
  return estimateTraining(settings, train, validation, await availableBytes());
};

export const train: Handler<'train'> = async (input, { signal, emit, control }) => {
  const dataset = await preparedIn(input.datasetFolder);
  const { backend, versions } = await describeMachine();
  const metrics = await MetricsFile.open(join(input.runFolder, entityFiles.metrics), input.resume);
  const asked = new TrainControl();
  control.onAction((action) => (action === 'pause' ? asked.pause() : asked.finishEarly()));
  return trainRun({
    settings: input.settings,
    train: dataset.examples('train'),
    validation: dataset.examples('validation'),
    store: checkpointStore(input.runFolder),
    resume: input.resume,
    // Also when resuming: a fine-tuning that died before its first checkpoint has nothing else to go on from.
    initial:
      input.initFolder === null ? null : await initialWeights(input.initFolder, dataset, input.settings),
    availableBytes: await availableBytes(),
    control: asked,
    signal,
    onStarted: (facts) => emit({ kind: 'started', ...facts, backend: backend.name, versions }),
    onProgress: (progress) => emit({ kind: 'progress', ...progress }),
    onCheckpoint: (stage, epoch) => emit({ kind: 'checkpoint', stage, epoch }),
    onNote: (message) => emit({ kind: 'note', message }),
    async onMetrics(line) {
      await metrics.add(line);
      emit({ kind: 'epoch', metrics: line });
    },
  });
};

/** metrics.jsonl, in which an epoch that is told again after a crash replaces its first telling. */
class MetricsFile {
  private constructor(
    private readonly path: string,
    private lines: EpochMetrics[],
  ) {}

  static async open(path: string, resume: boolean): Promise<MetricsFile> {
    if (resume) return new MetricsFile(path, await readLines(path, epochMetricsSchema));
    await replaceLines(path, []);
    return new MetricsFile(path, []);
  }

  async add(line: EpochMetrics): Promise<void> {
    const earlier = this.lines.filter(({ stage, epoch }) => stage !== line.stage || epoch < line.epoch);
    const isNew = earlier.length === this.lines.length;
    this.lines = [...earlier, line];
    await (isNew ? appendLine(this.path, line) : replaceLines(this.path, this.lines));
  }
}
