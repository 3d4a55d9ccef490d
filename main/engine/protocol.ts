/**
 * What the service and the engine process say to each other: types alone, so that either side may import it.
 *
 * The engine runs in one of three lanes, each a process of the same program: `files` parses untrusted data
 * files and answers the data plane, and never loads a compute backend; `compute` trains, samples and
 * scores; `simulation` runs simulators in threads and writes what they make. A long training step therefore
 * never delays a map, and a file that crashes a parser never ends a training run. Large arrays cross as transferable or structured-cloned Float32Arrays.
 */
import type { CellDegrees } from '#shared/contract/fields.ts';
import type { TradeoffPoint } from '#shared/domain/comparison.ts';
import type { Dataset, PreparationSummary, PrepareSettings } from '#shared/domain/dataset.ts';
import type { FileSummary, VariableSummary } from '#shared/domain/file.ts';
import type { Forecast, ForecastRequest, Probe } from '#shared/domain/forecast.ts';
import type { CellBox, GridCell, PlaceSeries, Transect } from '#shared/domain/place.ts';
import type { NormalisationShape } from '#shared/domain/pretrained.ts';
import type { EpochMetrics, Run, StageName } from '#shared/domain/run.ts';
import type { EvaluationSettings, ScoredMethod, Scores } from '#shared/domain/scores.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import type { SimulationFormat, SimulationPreview, SimulationRequest } from '#shared/domain/simulation.ts';
import type { BackendReport, ReferenceReport } from '#shared/domain/system.ts';
import type { ErrorData } from '#shared/errors.ts';

export type Lane = 'files' | 'compute' | 'simulation';

/** A field ready for the data plane: row-major [height, width], NaN where missing. */
export interface FieldData {
  data: Float32Array;
  height: number;
  width: number;
  units: string;
  /** Of the values present; null when all are missing. */
  range: { min: number; max: number } | null;
  /** Valid date in the file's calendar; empty for fields without time. */
  date: string;
}

export interface Rhythm {
  dates: string[];
  means: (number | null)[];
}

export interface Grid {
  height: number;
  width: number;
  latitudes: number[] | null;
  longitudes: number[] | null;
}

export interface TrainInput {
  /** Absolute folders in the workspace; the engine reads dataset.json and writes checkpoints and metrics.jsonl. */
  datasetFolder: string;
  runFolder: string;
  settings: TrainSettings;
  /** Go on from checkpoints/last when there is one. */
  resume: boolean;
  /** Folder of the run whose weights to start from. */
  initFolder: string | null;
}

export type TrainEvent =
  | { kind: 'epoch'; metrics: EpochMetrics }
  | {
      kind: 'progress';
      stage: StageName;
      epoch: number;
      epochs: number;
      step: number;
      steps: number;
      loss: number | null;
      stepSeconds: number | null;
      secondsLeft: number | null;
    }
  | {
      kind: 'started';
      parameters: number;
      references: Run['validationReferences'];
      backend: string;
      versions: Record<string, string>;
    }
  | { kind: 'checkpoint'; stage: StageName; epoch: number }
  | { kind: 'note'; message: string };

export interface TrainOutput {
  status: 'finished' | 'paused';
  epochs: number;
  bestValidationCrps: number | null;
  seconds: number;
}

/** A run on the starts that it is scored on. */
export interface ScoringInput
  extends Pick<
    EvaluationSettings,
    'split' | 'members' | 'starts' | 'seed' | 'schedule' | 'horizon' | 'units'
  > {
  /** Of the dataset whose truth is forecast. */
  datasetFolder: string;
  /** Of the dataset that the run was trained on; the same unless the run is scored out of its distribution. */
  trainedFolder: string;
  runFolder: string;
}

/** Maps of one forecast, of the first variable: row-major [height, width], NaN where missing. */
export interface ExampleMaps {
  channel: string;
  units: string;
  /** Of the initial condition. */
  date: string;
  height: number;
  width: number;
  /** Whether the first row belongs on top: the northernmost one, or rows without coordinates. */
  northFirst: boolean;
  /** Spread is the population standard deviation over members. */
  leads: { lead: number; date: string; truth: Float32Array; mean: Float32Array; spread: Float32Array }[];
}

/** Progress of every other call. */
export interface StepEvent {
  kind: 'step';
  /** 0–1, null while unknown. */
  fraction: number | null;
  message: string;
}

export interface SimulateInput {
  request: SimulationRequest;
  /** Absolute path of the file, or of the folder that `zarr` and `nn-benchmark` are; its folder exists. */
  path: string;
  format: SimulationFormat;
  /** Of Driftcast, for the file's provenance. */
  version: string;
}

export interface SimulateOutput {
  /** Output frames of a trajectory. */
  steps: number;
  seconds: number;
  bytes: number;
}

interface Call<Input, Output, Event = StepEvent> {
  input: Input;
  output: Output;
  event: Event;
}

/** Every call, by lane. */
export interface FileCalls {
  /** One path, or several that are one series; so in all calls on files. */
  inspect: Call<{ paths: string[]; statistics: boolean }, FileSummary>;
  statistics: Call<{ paths: string[]; variable: string }, VariableSummary>;
  rhythm: Call<{ paths: string[]; variable: string; slices: Record<string, number> }, Rhythm>;
  series: Call<
    { paths: string[]; variable: string; box: CellBox; slices: Record<string, number> },
    PlaceSeries
  >;
  grid: Call<{ paths: string[]; variable: string }, Grid & { curvilinear: boolean }>;
  /** Of every cell of a curvilinear grid; `not-found` for any other. */
  degrees: Call<{ paths: string[]; variable: string; direction: CellDegrees['direction'] }, FieldData>;
  times: Call<{ paths: string[]; variable: string }, { dates: string[] }>;
  field: Call<
    {
      paths: string[];
      variable: string;
      time: number;
      slices: Record<string, number>;
      /** On the cells of this grid instead of the variable's own; refused where it has none there. */
      onto?: Grid;
      /** Of more than 1: every n-th row and column alone. */
      stride?: number;
    },
    FieldData
  >;
  previewPreparation: Call<{ paths: string[]; settings: PrepareSettings }, PreparationSummary>;
  /** Writes the prepared series into `folder` (which exists) and answers what dataset.json needs. */
  prepare: Call<
    { paths: string[]; settings: PrepareSettings; folder: string },
    Pick<Dataset, 'sources' | 'summary' | 'fingerprint' | 'system'>
  >;
  datasetRhythm: Call<{ datasetFolder: string; channel: number }, Rhythm>;
  datasetDegrees: Call<{ datasetFolder: string; direction: CellDegrees['direction'] }, FieldData>;
  datasetField: Call<{ datasetFolder: string; channel: number; time: number }, FieldData>;
  forecastField: Call<
    { forecastFolder: string; quantity: string; channel: number; start: number; lead: number },
    FieldData
  >;
  probe: Call<{ forecastFolder: string; channel: number; start: number; box: CellBox }, Probe>;
  transect: Call<
    { forecastFolder: string; channel: number; start: number; lead: number; from: GridCell; to: GridCell },
    Transect
  >;
  /** Writes a run's weights and what its training data are normalised by into one file that forecasts elsewhere. */
  packModel: Call<
    { runFolder: string; datasetFolder: string; path: string },
    { tensors: number; bytes: number; sha256: string; normalisation: NormalisationShape }
  >;
  /** Puts such a file into a run's folder. */
  placeModel: Call<
    { path: string; sha256: string; normalisation: NormalisationShape; runFolder: string },
    { tensors: number }
  >;
  /** Writes a file anew as a Zarr store, a folder that must not be there yet. */
  exportZarr: Call<{ path: string; folder: string }, { bytes: number }>;
  evaluateFiles: Call<
    { forecasts: string[]; truth: string | null },
    { scores: Scores; methods: ScoredMethod[] }
  >;
}

export interface ComputeCalls {
  describe: Call<
    Record<string, never>,
    { backends: BackendReport[]; versions: Record<string, string>; threads: number }
  >;
  estimate: Call<
    { datasetFolder: string; settings: TrainSettings },
    { seconds: number; memoryBytes: number; parameters: number; stepSeconds: number }
  >;
  train: Call<TrainInput, TrainOutput, TrainEvent>;
  /** Writes forecast.nc into `forecastFolder` and answers forecast.json's content but for id, name and created. */
  forecast: Call<
    {
      datasetFolder: string;
      /** Of the dataset that the run was trained on. */
      trainedFolder: string;
      runFolder: string;
      forecastFolder: string;
      request: ForecastRequest;
      provenance: Record<string, string>;
    },
    Omit<Forecast, 'formatVersion' | 'id' | 'name' | 'created' | 'run' | 'dataset'>
  >;
  /** Scores every (or a seeded sample of) start of a split, members sampled in memory, beside the references. */
  evaluateRun: Call<ScoringInput, { scores: Scores; methods: ScoredMethod[] }>;
  /** Forecasts the middle one of those starts and keeps the maps of a few leads. */
  exampleForecast: Call<ScoringInput, ExampleMaps>;
  /** Scores and times the run with several sampling schedules; null: those worth trying. Fewest network calls first. */
  tradeoff: Call<
    Omit<ScoringInput, 'schedule'> & { schedules: (string | null)[] | null },
    { points: TradeoffPoint[] }
  >;
  reference: Call<{ path: string }, ReferenceReport>;
  exportWeights: Call<{ runFolder: string; path: string }, { tensors: number; bytes: number }>;
  /** Replaces the weights of a run (both stages under the public names) by a file's. */
  importWeights: Call<{ runFolder: string; path: string }, { tensors: number }>;
}

export interface SimulationCalls {
  /** Writes the trajectories in order; nothing stands at the path before all are there. */
  simulate: Call<SimulateInput, SimulateOutput, StepEvent | { kind: 'preview'; preview: SimulationPreview }>;
}

export interface EngineCalls extends FileCalls, ComputeCalls, SimulationCalls {}
export type CallName = keyof EngineCalls;
export type LaneOf<Name extends CallName> = Name extends keyof FileCalls
  ? 'files'
  : Name extends keyof SimulationCalls
    ? 'simulation'
    : 'compute';

export type ControlAction = 'pause' | 'finish-early';

export type ToEngine =
  | { type: 'call'; id: number; name: CallName; input: unknown }
  | { type: 'cancel'; id: number }
  | { type: 'control'; id: number; action: ControlAction }
  | { type: 'ping'; nonce: number }
  | { type: 'exit' };

/** `up`: the process runs; `ready`: it can take work (its backend is loaded); `idle`: no call is left. */
export type FromEngine =
  | { type: 'up'; pid: number }
  | { type: 'ready'; lane: Lane }
  | { type: 'event'; id: number; event: unknown }
  | { type: 'result'; id: number; output: unknown }
  | { type: 'error'; id: number; error: ErrorData }
  | { type: 'idle'; residentBytes: number }
  | { type: 'pong'; nonce: number }
  | { type: 'log'; level: 'info' | 'warn' | 'error'; message: string };
