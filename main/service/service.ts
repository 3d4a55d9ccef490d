/**
 * The service as one object: the contract's implementation over a workspace and three engine lanes, together
 * with what the shells need beside the contract (fields, uploads, downloads, tokens).
 */

import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { EngineHost, HostOptions } from '#main/engine/host/host.ts';
import type { EngineLimits } from '#main/engine/host/limits.ts';
import { createNodeHost } from '#main/engine/host/node-host.ts';
import { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import type { FieldData, Lane } from '#main/engine/protocol.ts';
import { openEntities } from '#main/workspace/entities.ts';
import { openWorkspace } from '#main/workspace/layout.ts';
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { DownloadAddress } from '#shared/shell.ts';
import { version } from '../../package.json';
import { type ContractClient, createInProcessClient } from './client.ts';
import { type ComparedRuns, type Comparisons, comparisonsTopic } from './comparisons.ts';
import { type Core, createImplementer } from './core.ts';
import { datasetsTopic } from './datasets.ts';
import { type Download, resolveDownload, saveDownload } from './downloads.ts';
import { fieldResolver } from './fields.ts';
import { filesTopic } from './files.ts';
import { forecastsTopic } from './forecasts.ts';
import { JobRegistry } from './job-registry.ts';
import { JobResults } from './job-results.ts';
import { jobsTopic } from './jobs.ts';
import { libraryTopic } from './library.ts';
import { openLog } from './log.ts';
import { OpenedFiles } from './opened-files.ts';
import { presetsTopic } from './presets.ts';
import { referenceTopic } from './reference.ts';
import { runsTopic } from './runs.ts';
import { samplesTopic } from './samples.ts';
import { engineEnvironment, readSettings } from './settings.ts';
import { simulationsTopic } from './simulations.ts';
import { sweepStaging } from './staging.ts';
import { sweepHalfMade } from './sweep.ts';
import { systemTopic } from './system.ts';
import { tradeoffsTopic } from './tradeoffs.ts';
import { Training } from './training.ts';
import { openUploads } from './uploads.ts';
import { verificationTopic } from './verification.ts';

export interface ServiceOptions {
  /** Null or absent: the user's default one. */
  workspaceFolder?: string | null;
  /** The built engine program. */
  engineEntry: string;
  /** Holds presets/, recipes/, samples/ and pretrained/. */
  resourcesFolder: string;
  /** How engine processes are started; absent: with Node. */
  host?: (options: HostOptions) => EngineHost;
  /** What the set-up wrote down; absent: beside the folder of the engine program. */
  setupFile?: string;
  limits?: Partial<EngineLimits>;
  /** Start the process that reads files at once: a window will soon ask it for a first map. */
  warm?: boolean;
}

export type ServiceRouter = ReturnType<typeof createRouter>;

export interface Service {
  /** Serve with the context `{ trusted: false }` to pages. */
  router: ServiceRouter;
  /** Trusted, in process, with DriftcastError for every failure. */
  client: ContractClient;
  resolveField(address: FieldAddress): Promise<FieldData>;
  /** Keeps a body under a name; the token is for `files.openToken`. */
  receiveUpload(name: string, body: Readable, bytes: number | null): Promise<{ token: string }>;
  resolveDownload(address: DownloadAddress): Promise<Download>;
  saveDownload(address: DownloadAddress, path: string): Promise<void>;
  /** Suggested file name. */
  downloadName(address: DownloadAddress): Promise<string>;
  /** Remembers a path that a person chose; the token is for `files.openToken`. */
  tokenForPath(path: string): Promise<string>;
  /** Pauses training at its next step, ends everything else and the engine processes. */
  close(): Promise<void>;
}

function createRouter(
  core: Core,
  training: Training,
  opened: OpenedFiles,
  comparisons: Comparisons,
  setupFile: string,
) {
  return core.os.router({
    files: filesTopic(core, opened),
    datasets: datasetsTopic(core, opened),
    library: libraryTopic(core, training),
    presets: presetsTopic(core),
    simulations: simulationsTopic(core, opened),
    samples: samplesTopic(core, opened),
    runs: runsTopic(core, training),
    forecasts: forecastsTopic(core),
    verification: verificationTopic(core),
    comparisons: comparisonsTopic(core, comparisons),
    tradeoffs: tradeoffsTopic(core),
    jobs: jobsTopic(core),
    reference: referenceTopic(core),
    system: systemTopic(core, setupFile),
  });
}

/**
 * Opens the workspace and starts serving. Engine processes start with the first call that needs one.
 * @throws DriftcastError `disk` or `unsupported` when the workspace can't be used.
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const workspace = await openWorkspace(options.workspaceFolder ?? undefined);
  const { logger: log, close: closeLog } = await openLog(workspace.logs);
  const warn = (thrown: unknown): void => log.warn({ err: thrown });
  const settings = await readSettings(workspace.settingsFile, warn);
  const host = (options.host ?? createNodeHost)({
    entry: options.engineEntry,
    environment: engineEnvironment(settings),
  });
  const supervise = <L extends Lane>(lane: L): EngineSupervisor<L> =>
    new EngineSupervisor({
      lane,
      host,
      log: (level, message) => log[level]({ lane }, message),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    });
  const core: Core = {
    os: createImplementer(log),
    workspace,
    entities: openEntities(workspace),
    files: supervise('files'),
    compute: supervise('compute'),
    simulation: supervise('simulation'),
    jobs: new JobRegistry((job, thrown) => log.error({ err: thrown, job: job.id }, `${job.title} failed.`)),
    log,
    resourcesFolder: options.resourcesFolder,
    version,
  };
  const uploads = openUploads(workspace.uploads);
  const opened = new OpenedFiles(workspace.recentFile, uploads, warn);
  const comparisons: Comparisons = new JobResults<ComparedRuns>(core.jobs);
  const training = new Training(core);
  // None of these may keep a person from their workspace.
  await training.recover().catch(warn);
  await sweepHalfMade(workspace).catch(warn);
  await sweepStaging(workspace.simulations).catch(warn);
  await uploads.sweep().catch(warn);
  const setupFile = options.setupFile ?? join(dirname(options.engineEntry), '..', 'setup.json');
  const router = createRouter(core, training, opened, comparisons, setupFile);
  log.info({ workspace: workspace.folder, version }, 'The service is open.');

  if (options.warm) core.files.warmUp();

  let closing: Promise<void> | null = null;
  async function close(): Promise<void> {
    await training.close();
    const jobs = core.jobs.close();
    await Promise.all([core.files.dispose(), core.compute.dispose(), core.simulation.dispose()]);
    await jobs;
    training.closeStreams();
    await opened.settled();
    log.info('The service is closed.');
    await closeLog();
  }

  return {
    router,
    client: createInProcessClient(router),
    resolveField: fieldResolver(core, opened),
    receiveUpload: (name, body, bytes) => uploads.receive(name, body, bytes),
    resolveDownload: (address) => resolveDownload(core, comparisons, address),
    saveDownload: (address, path) => saveDownload(core, comparisons, address, path),
    downloadName: async (address) => (await resolveDownload(core, comparisons, address)).name,
    tokenForPath: (path) => opened.tokenFor([path]),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
