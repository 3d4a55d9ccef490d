/**
 * A service without files or engine for the tests of its faces: it answers the whole contract from memory,
 * records what it was asked, and lets a test decide how jobs go.
 */
import { createRouterClient, implement, ORPCError, type Router } from '@orpc/server';
import { contract } from '#shared/contract/index.ts';
import type { Job } from '#shared/domain/job.ts';
import type { EpochMetrics, Run } from '#shared/domain/run.ts';
import { describeSimulator, type SimulationResult } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { type DriftcastError, toErrorData } from '#shared/errors.ts';
import {
  comparison,
  dataset,
  doctor,
  evaluation,
  evaluationSettings,
  fileSummary,
  forecast,
  job,
  openedSample,
  preset,
  recipe,
  run,
  sampleListing,
  scores,
  simulation,
  tradeoff,
} from './samples.ts';

export type Context = { trusted: boolean };

export interface FakeService {
  router: Router<typeof contract, Context>;
  client: ReturnType<typeof clientOf>;
  /** Every call in order: its path and input. */
  calls: { name: string; input: unknown; trusted: boolean }[];
  /** What the next job's watchers see; the last one should have ended. */
  jobCourse: Job[];
  /** Thrown by every `files.open`. */
  openError: DriftcastError | null;
  runs: Run[];
  epochs: EpochMetrics[];
  /** Resolves when jobs.cancel or runs.pause was called. */
  interrupted: Promise<void>;
  /** While true, jobs.watch waits for the interrupt before its last change. */
  holdJobs: boolean;
  /** What every simulation came to. */
  simulation: SimulationResult;
  /** The run that an opened sample comes with. */
  sampleRun: string | null;
  closed: boolean;
}

function clientOf(router: Router<typeof contract, Context>) {
  return createRouterClient(router, { context: { trusted: true } });
}

export function fakeService(): FakeService {
  let interrupt = () => {};
  const interrupted = new Promise<void>((resolve) => {
    interrupt = resolve;
  });
  const state = {
    calls: [] as FakeService['calls'],
    jobCourse: [job('running', 0.5), job('done', 1)],
    openError: null as DriftcastError | null,
    runs: [run()],
    epochs: [] as EpochMetrics[],
    interrupted,
    holdJobs: false,
    simulation: simulation(),
    sampleRun: 'mesh-model' as string | null,
    closed: false,
  };
  const base = implement(contract).$context<Context>();
  const os = base.use(async ({ next, path, context }, input) => {
    state.calls.push({ name: path.join('.'), input, trusted: context.trusted });
    try {
      return await next();
    } catch (thrown) {
      if (thrown instanceof ORPCError) throw thrown;
      const data = toErrorData(thrown);
      throw new ORPCError('BAD_REQUEST', { message: data.message, data });
    }
  });
  const started = { job: 'job-1' };

  async function* watchJob() {
    const course = [...state.jobCourse];
    const last = course.pop();
    yield* course;
    if (state.holdJobs) await interrupted;
    if (last) yield last;
  }

  const router = os.router({
    files: {
      open: os.files.open.handler(({ input }) => {
        if (state.openError) throw state.openError;
        return { id: `file-${input.path.split('/').at(-1)}`, summary: fileSummary(), opened: 'now' };
      }),
      openToken: os.files.openToken.handler(({ input }) => ({
        id: input.token,
        summary: fileSummary(),
        opened: 'now',
      })),
      openSeries: os.files.openSeries.handler(async function* ({ input }) {
        if (state.openError) throw state.openError;
        yield { kind: 'progress' as const, fraction: 0.5, message: 'Reading what the files hold' };
        const name = input.paths[0]?.split('/').at(-1);
        const file = { id: `file-${name}`, summary: fileSummary(), opened: 'now' };
        yield { kind: 'opened' as const, file, token: 'token' };
      }),
      recent: os.files.recent.handler(() => []),
      statistics: os.files.statistics.handler(() => fileSummary().variables[0]!),
      rhythm: os.files.rhythm.handler(() => ({ dates: ['2001-01-01'], means: [null] })),
      series: os.files.series.handler(async function* () {
        const series = { dates: ['2001-01-01'], values: [null], cells: 1, observed: 0 };
        yield { kind: 'series' as const, series };
      }),
      times: os.files.times.handler(() => ({ dates: ['2001-01-01'] })),
      grid: os.files.grid.handler(() => ({
        height: 2,
        width: 3,
        latitudes: null,
        longitudes: null,
        curvilinear: false,
      })),
    },
    datasets: {
      preview: os.datasets.preview.handler(() => dataset().summary),
      prepare: os.datasets.prepare.handler(() => ({ ...started, dataset: dataset().id })),
      list: os.datasets.list.handler(() => [dataset()]),
      get: os.datasets.get.handler(() => dataset()),
      remove: os.datasets.remove.handler(() => ({})),
      rhythm: os.datasets.rhythm.handler(() => ({ dates: ['2001-01-01'], means: [1] })),
    },
    library: {
      label: os.library.label.handler(({ input: { name = 'Pacific', tags = [], note = '' } }) => ({
        name,
        tags,
        note,
      })),
    },
    simulations: {
      list: os.simulations.list.handler(() => simulatorEntries.map(describeSimulator)),
      recipes: os.simulations.recipes.handler(() => [recipe()]),
      start: os.simulations.start.handler(() => started),
      startRecipe: os.simulations.startRecipe.handler(() => started),
      watch: os.simulations.watch.handler(async function* () {}),
      result: os.simulations.result.handler(() => state.simulation),
    },
    samples: {
      list: os.samples.list.handler(() => [sampleListing()]),
      open: os.samples.open.handler(() => started),
      result: os.samples.result.handler(() => ({ ...openedSample(), run: state.sampleRun })),
    },
    presets: { list: os.presets.list.handler(() => [preset(), preset('sst-tiny')]) },
    runs: {
      estimate: os.runs.estimate.handler(() => ({
        seconds: 1,
        memoryBytes: 1,
        parameters: 1,
        stepSeconds: 1,
      })),
      start: os.runs.start.handler(() => ({ ...started, run: run().id })),
      resume: os.runs.resume.handler(({ input }) => ({ ...started, run: input.run })),
      pause: os.runs.pause.handler(() => {
        state.runs = state.runs.map((one) => ({ ...one, status: 'paused' as const }));
        interrupt();
        return {};
      }),
      finishEarly: os.runs.finishEarly.handler(() => ({})),
      list: os.runs.list.handler(() => state.runs),
      get: os.runs.get.handler(() => state.runs[0]!),
      metrics: os.runs.metrics.handler(() => state.epochs),
      watch: os.runs.watch.handler(async function* () {
        for (const metrics of state.epochs.slice(0, -1)) yield { kind: 'epoch' as const, metrics };
        // Like the real one it goes on until the run's end is known to everybody.
        await new Promise<void>(() => {});
      }),
      remove: os.runs.remove.handler(() => ({})),
      exportWeights: os.runs.exportWeights.handler(() => ({ tensors: 3, bytes: 1200 })),
      importWeights: os.runs.importWeights.handler(() => ({ tensors: 3 })),
      pack: os.runs.pack.handler(() => ({ tensors: 5, bytes: 1300, scored: true })),
    },
    forecasts: {
      start: os.forecasts.start.handler(() => ({ ...started, forecast: forecast().id })),
      list: os.forecasts.list.handler(() => [forecast()]),
      get: os.forecasts.get.handler(() => forecast()),
      probe: os.forecasts.probe.handler(() => ({
        latitude: null,
        longitude: null,
        leads: [1],
        dates: ['2001-01-02'],
        truth: [null],
        quantiles: [[1, 2, 3, 4, 5]],
        members: [[3]],
        initial: null,
        cells: 1,
        observed: 1,
      })),
      transect: os.forecasts.transect.handler(() => ({
        rows: [0],
        columns: [0],
        distances: [0],
        distanceUnits: 'cells' as const,
        date: '2001-01-02',
        truth: [null],
        mean: [3],
        quantiles: [[1, 2, 3, 4, 5]],
      })),
      remove: os.forecasts.remove.handler(() => ({})),
      export: os.forecasts.export.handler(() => ({ bytes: 2048 })),
    },
    verification: {
      forecast: os.verification.forecast.handler(() => started),
      files: os.verification.files.handler(() => started),
      run: os.verification.run.handler(() => started),
      result: os.verification.result.handler(() => ({ ...scores(), settings: evaluationSettings() })),
      ofRun: os.verification.ofRun.handler(() => evaluation()),
      list: os.verification.list.handler(() => [
        { evaluation: 'test', created: evaluation().created, settings: evaluationSettings() },
      ]),
      stored: os.verification.stored.handler(() => evaluation()),
    },
    comparisons: {
      illustrate: os.comparisons.illustrate.handler(() => ({})),
      start: os.comparisons.start.handler(() => started),
      result: os.comparisons.result.handler(() => comparison()),
      report: os.comparisons.report.handler(() => ({ bytes: 2048 })),
    },
    tradeoffs: {
      start: os.tradeoffs.start.handler(() => started),
      result: os.tradeoffs.result.handler(() => tradeoff()),
      ofRun: os.tradeoffs.ofRun.handler(() => tradeoff()),
    },
    jobs: {
      list: os.jobs.list.handler(() => state.jobCourse.slice(-1)),
      get: os.jobs.get.handler(() => state.jobCourse.at(-1)!),
      watch: os.jobs.watch.handler(watchJob),
      watchAll: os.jobs.watchAll.handler(async function* ({ signal }) {
        yield job('running', 0.1);
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
      }),
      cancel: os.jobs.cancel.handler(() => {
        state.jobCourse = [job('cancelled', 0.5)];
        interrupt();
        return {};
      }),
    },
    reference: {
      start: os.reference.start.handler(() => started),
      result: os.reference.result.handler(() => ({
        cases: [
          { name: 'unet_resnet', error: 1e-7, tolerance: 1e-5, ok: true },
          { name: 'ddpm', error: null, tolerance: null, ok: false, skipped: true, note: 'later' },
        ],
      })),
    },
    system: {
      doctor: os.system.doctor.handler(() => doctor()),
      settings: os.system.settings.handler(() => ({
        theme: 'system' as const,
        threads: null,
        memoryBudgetBytes: null,
      })),
      changeSettings: os.system.changeSettings.handler(() => ({
        theme: 'dark' as const,
        threads: null,
        memoryBudgetBytes: null,
      })),
    },
  });
  const service = Object.assign(state, { router, client: clientOf(router) });
  return service;
}
