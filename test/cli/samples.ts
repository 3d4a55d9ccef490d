/** One valid example of everything that the contract answers. */
import type { Comparison, Tradeoff } from '#shared/domain/comparison.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { FileSummary } from '#shared/domain/file.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { Job } from '#shared/domain/job.ts';
import type { EpochMetrics, Run } from '#shared/domain/run.ts';
import type { OpenedSample, SampleListing } from '#shared/domain/sample.ts';
import type {
  Evaluation,
  EvaluationSettings,
  ScoredMethod,
  ScoreSet,
  Scores,
} from '#shared/domain/scores.ts';
import { type Preset, presetSchema } from '#shared/domain/settings.ts';
import { type Recipe, recipeSchema, type SimulationResult } from '#shared/domain/simulation.ts';
import type { Doctor } from '#shared/domain/system.ts';

export function fileSummary(): FileSummary {
  return {
    name: 'sst.nc',
    format: 'netcdf4',
    bytes: 123456,
    title: '',
    attributes: {},
    warnings: [],
    variables: [
      {
        name: 'sst',
        longName: 'sea surface temperature',
        standardName: 'sea_surface_temperature',
        units: 'degC',
        shape: [100, 4, 6],
        dims: ['time', 'lat', 'lon'],
        type: 'float32',
        axes: [{ name: 'depth', role: 'other', size: 3, units: 'm', first: 0, last: 10, values: [0, 5, 10] }],
        calendar: 'standard',
        times: { first: '2001-01-01', last: '2001-04-10', count: 100, step: '1 day', regular: true },
        missingFraction: 0.25,
        alwaysMissingCells: 6,
        min: -1.8,
        max: 31.2,
        mean: 18.25,
        forecastable: true,
        viewable: true,
      },
    ],
  };
}

export function recipe(): Recipe {
  return recipeSchema.parse({
    name: 'spring-mesh-few',
    title: 'A few meshes',
    description: 'For tests.',
    simulator: 'spring-mesh',
    files: [
      {
        name: 'few.nc',
        title: 'few',
        settings: {},
        trajectories: 3,
        seed: 5,
        splits: { train: 1, validation: 1, test: 1 },
      },
    ],
  });
}

export function simulation(files = 1): SimulationResult {
  return {
    simulator: 'spring-mesh',
    system: 'spring-mesh',
    seconds: 1.5 * files,
    files: Array.from({ length: files }, (_, i) => ({
      name: `mesh-${i}.nc`,
      token: `mesh-${i}`,
      path: `/somewhere/mesh-${i}.nc`,
      trajectories: 3,
      steps: 805,
      seed: 5,
      bytes: 2048,
      seconds: 1.5,
    })),
  };
}

export function dataset(): Dataset {
  const split = (firstTime: number, endTime: number) => ({
    firstTime,
    endTime,
    from: '2001',
    to: '2002',
    examples: endTime - firstTime - 5,
    droppedForGaps: 0,
  });
  return {
    formatVersion: 1,
    id: 'pacific-1',
    name: 'pacific',
    created: '2026-01-01T00:00:00Z',
    system: 'sst',
    sources: [],
    settings: {
      variables: ['sst'],
      region: { kind: 'whole' },
      period: { from: null, to: null },
      split: { kind: 'fractions', train: 0.7, validation: 0.15, test: 0.15 },
      horizon: 5,
      normalisation: 'seasonal-anomaly',
      maxGapFill: 2,
      extraChannels: [],
      slices: {},
    },
    summary: {
      channels: [{ name: 'sst', longName: '', standardName: '', units: 'degC' }],
      height: 4,
      width: 6,
      times: 100,
      calendar: 'standard',
      step: '1 day',
      latitudes: null,
      longitudes: null,
      maskedCells: 6,
      filledValues: 0,
      memoryBytes: 9600,
      splits: { train: split(0, 70), validation: split(70, 85), test: split(90, 100) },
      seasonalShare: 0.8,
      warnings: [],
    },
    fingerprint: 'f'.repeat(64),
  };
}

export function preset(name = 'sst-small'): Preset {
  const stage = {
    dropout: { block: 0.1 },
    learningRate: 1e-3,
    weightDecay: 1e-4,
    epochs: 10,
    batchSize: 8,
    loss: 'l1',
  };
  return presetSchema.parse({
    name,
    system: 'sst',
    title: 'Small',
    description: 'For two cores.',
    normalisation: 'seasonal-anomaly',
    horizon: 7,
    settings: {
      network: { kind: 'unet_resnet', dim: 16 },
      interpolator: stage,
      forecaster: stage,
      diffusion: { auxiliarySteps: 5, conditioning: 'data' },
      validation: {},
    },
  });
}

export function run(): Run {
  return {
    formatVersion: 1,
    id: 'run-1',
    name: 'first',
    created: '2026-01-01T00:00:00Z',
    dataset: 'pacific-1',
    datasetFingerprint: 'f'.repeat(64),
    preset: 'sst-small',
    settings: preset().settings,
    parent: null,
    status: 'finished',
    stage: 'forecaster',
    epochs: 20,
    bestValidationCrps: 0.31,
    validationReferences: { persistence: 0.5, climatology: 0.6 },
    seconds: 61.5,
    parameters: 12345,
    versions: {},
    backend: 'libtensorflow CPU',
    problem: null,
  };
}

export function epoch(number: number): EpochMetrics {
  return {
    stage: 'forecaster',
    epoch: number,
    steps: number * 10,
    loss: 1 / number,
    validationLoss: 1.1 / number,
    validationCrps: 0.5 / number,
    seconds: 2,
  };
}

export function forecast(): Forecast {
  return {
    formatVersion: 1,
    id: 'forecast-1',
    name: 'spring',
    created: '2026-01-01T00:00:00Z',
    run: 'run-1',
    dataset: 'pacific-1',
    datasetFingerprint: 'f'.repeat(64),
    method: 'dyffusion',
    variable: 'sst',
    units: 'degC',
    members: 20,
    leads: [1, 2, 3, 4, 5],
    starts: [{ timeIndex: 99, date: '2001-04-10', validDates: [], truth: true }],
    height: 4,
    width: 6,
    latitudes: null,
    longitudes: null,
    seconds: 3,
    networkCalls: 200,
    seed: 1,
    schedule: null,
    valueRange: { min: 0, max: 1, spreadMax: 1, errorMax: 1 },
  };
}

export function scores(): { scores: Scores; methods: ScoredMethod[] } {
  const set: ScoreSet = {
    fairCrps: 0.25,
    correctedSsr: 0.9,
    mse: 0.16,
    rmse: 0.4,
    spread: 0.36,
    acc: 0.7,
    coverage50: 0.45,
    coverage90: 0.8,
    paper: { crps: 0.26, ssr: 0.85, mse: 0.16 },
  };
  const all: Scores = {
    members: 3,
    starts: 2,
    units: 'degC',
    overall: set,
    byLead: [
      { lead: 1, ...set },
      { lead: 2.5, ...set, correctedSsr: null },
    ],
    rankHistogram: [1, 2, 3, 4],
    intervals: null,
  };
  return {
    scores: all,
    methods: [
      {
        method: 'dyffusion',
        title: 'DYffusion',
        scores: all,
        cost: { seconds: 1.5, networkCalls: 16 },
        spectra: [],
      },
      { method: 'persistence', title: 'Persistence', scores: all, cost: null, spectra: [] },
    ],
  };
}

export function evaluationSettings(): EvaluationSettings {
  return {
    dataset: 'pacific-1',
    datasetFingerprint: 'f'.repeat(64),
    weights: 'w'.repeat(64),
    split: 'test',
    members: 3,
    starts: null,
    seed: 1,
    schedule: null,
    horizon: 2,
    units: 'physical',
  };
}

export function evaluation(): Evaluation {
  return {
    run: 'run-1',
    runName: 'first',
    created: '2026-01-01T00:00:00Z',
    settings: evaluationSettings(),
    ...scores(),
  };
}

export function comparison(): Comparison {
  const { weights: _weights, ...settings } = evaluationSettings();
  const [own, reference] = scores().methods;
  const nothing = {
    run: null,
    runName: null,
    preset: null,
    parameters: null,
    trainingSeconds: null,
    trainingSeed: null,
    schedule: null,
    scored: '2026-01-01T00:00:00Z',
  };
  return {
    created: '2026-01-01T00:00:00Z',
    settings,
    datasetName: 'pacific',
    step: '1 day',
    rows: [
      { ...own!, ...nothing, run: 'run-1', runName: 'first', preset: 'sst-small', parameters: 12345 },
      { ...reference!, ...nothing },
    ],
    versions: { driftcast: '0.1.0' },
  };
}

export function tradeoff(): Tradeoff {
  const { schedule: _schedule, ...settings } = evaluationSettings();
  return {
    run: 'run-1',
    created: '2026-01-01T00:00:00Z',
    settings,
    points: [
      { schedule: 'only_dynamics', cost: { seconds: 0.4, networkCalls: 10 }, scores: scores().scores },
      { schedule: null, cost: { seconds: 1.2, networkCalls: 30 }, scores: scores().scores },
    ],
  };
}

export function job(status: Job['status'], fraction: number): Job {
  return {
    id: 'job-1',
    kind: 'forecast',
    title: 'Forecast',
    subject: 'run-1',
    status,
    fraction,
    message: 'working',
    secondsLeft: 3,
    started: '2026-01-01T00:00:00Z',
    ended: ['done', 'failed', 'cancelled'].includes(status) ? '2026-01-01T00:01:00Z' : null,
    error: null,
  };
}

export function doctor(): Doctor {
  return {
    backends: [{ name: 'libtensorflow CPU', available: true, active: true, reason: 'the usual' }],
    electron: { available: false, reason: 'no binary' },
    versions: { driftcast: '0.1.0' },
    workspace: 'somewhere',
    threads: 2,
    memoryBytes: 8e9,
  };
}

export function sampleListing(): SampleListing {
  return {
    name: 'spring-mesh',
    title: 'Spring mesh',
    system: 'spring-mesh',
    description: 'A mesh that swings.',
    holds: '3 trajectories',
    bytes: 2048,
    dataset: null,
    run: null,
    model: {
      name: 'Mesh model',
      origin: {
        trainedOn: 'spring-mesh-small',
        fingerprint: 'f',
        created: '2024-01-01T00:00:00.000Z',
        weights: 'w',
        test: {
          units: '1',
          members: 20,
          starts: 24,
          fairCrps: 0.0125,
          interval: { low: 0.012, high: 0.013, level: 0.95 },
          correctedSsr: 0.9,
          mse: 0.001,
          references: { persistence: 0.05 },
        },
      },
    },
  };
}

export function openedSample(): OpenedSample {
  return {
    name: 'spring-mesh',
    title: 'Spring mesh',
    token: 'spring-mesh.nc-1',
    dataset: 'spring-mesh-1',
    start: 1610,
    time: 0,
    run: 'mesh-model',
    missing: null,
  };
}
