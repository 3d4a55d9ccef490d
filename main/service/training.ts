/** The life of runs: started, paused, resumed, watched, and found again after Driftcast was closed or killed. */
import { join } from 'node:path';
import { entityFiles } from '#main/workspace/entities.ts';
import { acquireLock, lockOwner } from '#main/workspace/lock.ts';
import type { RunEvent } from '#shared/contract/index.ts';
import type { Label } from '#shared/domain/label.ts';
import { settingsFor } from '#shared/domain/methods.ts';
import type { Run } from '#shared/domain/run.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { Broadcast, type EventStream } from './events.ts';
import { findPreset } from './presets.ts';
import { followRunOnDisk } from './run-follower.ts';
import { epochKey, tally } from './run-tally.ts';
import { TrainingSession } from './training-session.ts';

/** How long closing waits for a training to reach its next step. */
const closeMilliseconds = 30_000;

export interface TrainRequest {
  dataset: string;
  preset: string;
  name?: string | undefined;
  settings: TrainSettings | null;
  init: string | null;
}

function eventKey(event: RunEvent): string | null {
  if (event.kind === 'epoch') return epochKey(event.metrics);
  return event.kind === 'note' ? null : event.kind;
}

export class Training {
  private readonly core: Core;
  private readonly sessions = new Map<string, TrainingSession>();
  private readonly watched = new Map<string, Broadcast<RunEvent>>();

  constructor(core: Core) {
    this.core = core;
  }

  isActive(run: string): boolean {
    return this.sessions.has(run);
  }

  /** A run in training keeps what it tells of itself: it hears of its new name. */
  relabel(run: string, label: Label): void {
    this.sessions.get(run)?.relabel(label);
  }

  async start(request: TrainRequest): Promise<{ job: string; run: string }> {
    const { entities, version } = this.core;
    const dataset = await entities.datasets.read(request.dataset);
    const preset = await findPreset(this.core, request.preset);
    const fresh = settingsFor(preset, preset.settings.method, dataset.summary);
    // Weights fit the network that they were trained in alone.
    const parent = request.init === null ? null : await entities.runs.read(request.init);
    const own = parent === null ? fresh : { ...fresh, network: parent.settings.network };
    const name = request.name?.trim() || `${dataset.name}, ${preset.title}`;
    const { id } = await entities.runs.create(name);
    const run: Run = {
      formatVersion: 1,
      id,
      name,
      created: new Date().toISOString(),
      dataset: dataset.id,
      datasetFingerprint: dataset.fingerprint,
      preset: preset.name,
      settings: request.settings ?? own,
      parent: request.init,
      status: 'queued',
      stage: null,
      epochs: 0,
      bestValidationCrps: null,
      validationReferences: null,
      seconds: 0,
      parameters: 0,
      versions: { driftcast: version },
      backend: '',
      problem: null,
    };
    return this.launch(run, false);
  }

  async resume(id: string): Promise<{ job: string; run: string }> {
    const run = await this.core.entities.runs.read(id);
    if (run.status === 'finished')
      throw new DriftcastError(
        'conflict',
        `${run.name} has finished training.`,
        'Start a new run from its weights to train on (fine-tuning).',
      );
    const dataset = await this.core.entities.datasets.read(run.dataset);
    if (dataset.fingerprint !== run.datasetFingerprint)
      throw new DriftcastError(
        'conflict',
        `The dataset of ${run.name} has changed since the run began.`,
        'Start a new run on the dataset as it is now.',
      );
    return this.launch({ ...run, status: 'queued', problem: null }, true);
  }

  async pause(id: string): Promise<void> {
    const session = await this.session(id);
    session.stop('pause');
    // While it waits for its turn there is no step to end after.
    if (session.run.status === 'queued') this.core.jobs.cancel(session.job);
  }

  async finishEarly(id: string): Promise<void> {
    const run = await this.core.entities.runs.read(id);
    const resting = run.status === 'paused' || run.status === 'stopped';
    if (!this.isActive(id) && resting && run.bestValidationCrps !== null) {
      await this.core.entities.runs.write(id, { ...run, status: 'finished', problem: null });
      return;
    }
    (await this.session(id)).finishEarly();
  }

  /** History, then what happens, until the listener stops. */
  async watch(id: string, signal?: AbortSignal): Promise<EventStream<RunEvent>> {
    let broadcast = this.watched.get(id);
    if (broadcast === undefined) {
      broadcast = new Broadcast(eventKey);
      this.watched.set(id, broadcast);
    }
    const stream = broadcast.subscribe(signal);
    stream.onEnd(() => {
      if (broadcast.listeners === 0 && this.watched.get(id) === broadcast) this.watched.delete(id);
    });
    try {
      const run = this.sessions.get(id)?.run ?? (await this.core.entities.runs.read(id));
      const metrics = await this.core.entities.metrics(id);
      stream.prepend([
        { kind: 'run', run },
        ...metrics.map((line): RunEvent => ({ kind: 'epoch', metrics: line })),
      ]);
      const working = run.status === 'training' || run.status === 'queued';
      if (working && !this.isActive(id)) followRunOnDisk(this.core.entities, id, stream, metrics.length);
    } catch (thrown) {
      await stream.return();
      throw thrown;
    }
    return stream;
  }

  async remove(id: string): Promise<void> {
    const { entities, jobs } = this.core;
    const owner = await lockOwner(this.lockPath(id));
    if (this.isActive(id) || owner !== null)
      throw new DriftcastError('conflict', 'The run is training.', 'Stop it first, then delete it.');
    if (jobs.isBusy(id))
      throw new DriftcastError(
        'conflict',
        'The run is being scored.',
        'Cancel that job first, or wait for it.',
      );
    await entities.runs.remove(id);
  }

  /** Runs that a dead Driftcast left behind as training can be gone on with. */
  async recover(): Promise<void> {
    const { items } = await this.core.entities.runs.list();
    for (const { id, status } of items) {
      if (status !== 'training' && status !== 'queued') continue;
      if ((await lockOwner(this.lockPath(id))) !== null) continue;
      const lock = await acquireLock(this.lockPath(id), 'The run', 'being recovered');
      try {
        const run = await this.core.entities.runs.read(id);
        const metrics = await this.core.entities.metrics(id);
        const done = metrics.length === 0 ? {} : tally(metrics);
        const problem =
          'Driftcast ended while this run was training; resume it to go on from its last checkpoint.';
        await this.core.entities.runs.write(id, { ...run, ...done, status: 'paused', problem });
        this.core.log.warn({ run: id }, problem);
      } finally {
        await lock.release();
      }
    }
  }

  /** Pauses what trains and waits until it rests; a step that takes too long is cut short. */
  async close(): Promise<void> {
    const sessions = [...this.sessions.values()];
    for (const { run } of sessions) await this.pause(run.id).catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMilliseconds);
    });
    await Promise.race([Promise.all(sessions.map(({ ended }) => ended)), patience]);
    clearTimeout(timer);
  }

  closeStreams(): void {
    for (const broadcast of [...this.watched.values()]) broadcast.close();
  }

  private lockPath(id: string): string {
    return join(this.core.entities.runs.folder(id), entityFiles.lock);
  }

  private async session(id: string): Promise<TrainingSession> {
    const session = this.sessions.get(id);
    if (session !== undefined) return session;
    const run = await this.core.entities.runs.read(id);
    const owner = await lockOwner(this.lockPath(id));
    if (owner !== null)
      throw new DriftcastError(
        'conflict',
        `${run.name} is training in another Driftcast (process ${owner.pid} on ${owner.host}).`,
        'Do it there.',
      );
    throw new DriftcastError('conflict', `${run.name} is not training.`, `It is ${run.status}.`);
  }

  private async launch(run: Run, resume: boolean): Promise<{ job: string; run: string }> {
    const { entities, jobs } = this.core;
    const lock = await acquireLock(this.lockPath(run.id), run.name, 'training');
    let session: TrainingSession;
    try {
      await entities.runs.write(run.id, run);
      session = new TrainingSession(this.core, run, await entities.metrics(run.id), (event) =>
        this.watched.get(run.id)?.publish(event),
      );
    } catch (thrown) {
      await lock.release();
      throw thrown;
    }
    this.sessions.set(run.id, session);
    const input = {
      datasetFolder: entities.datasets.folder(run.dataset),
      runFolder: entities.runs.folder(run.id),
      settings: run.settings,
      resume,
      initFolder: run.parent === null ? null : entities.runs.folder(run.parent),
    };
    let settle: () => void = () => undefined;
    session.ended = new Promise((resolve) => {
      settle = resolve;
    });
    session.job = jobs.start(
      { kind: 'train', title: `Train ${run.name}`, subject: run.id },
      async (context) => {
        try {
          return await session.work(context, input);
        } finally {
          this.sessions.delete(run.id);
          await lock.release();
          settle();
        }
      },
    );
    return { job: session.job, run: run.id };
  }
}
