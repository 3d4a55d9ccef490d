/**
 * How the compute rooms see a prepared dataset: frames gathered on demand and a way back to physical units.
 * The data room implements this over memory or disk; a worker in a browser could do so over fetches.
 */

export interface FrameShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One snapshot of one window: `step` 0 is the initial condition, `step` horizon the last frame. */
export interface FrameRequest {
  readonly example: number;
  readonly step: number;
}

/** All windows of one split (train, validation or test). Windows are views: nothing is copied until asked for. */
export interface ExampleSource {
  readonly count: number;
  readonly horizon: number;
  readonly shape: FrameShape;
  /** Extra input channels (season, latitude, mask); 0 when there are none. */
  readonly conditionChannels: number;
  /** 1 where a cell is observed, 0 where it is land: [height, width]. Masked cells count in no loss and no score. */
  readonly mask: Float32Array;
  /** Weights for scores, e.g. cosine of latitude: [height, width], all 1 where unweighted. */
  readonly areaWeights: Float32Array;
  /** Normalised frames, [requests.length, height, width, channels]; masked cells hold 0. */
  frames(requests: readonly FrameRequest[]): Promise<Float32Array>;
  /** Extra input channels of each example, [examples.length, height, width, conditionChannels]; null when there are none. */
  conditions(examples: readonly number[]): Promise<Float32Array | null>;
  /** Index of the example's initial condition on the dataset's time axis. */
  timeIndex(example: number): number;
}

/** Between what the networks see and what the file holds. Exact inverses up to float32 rounding. */
export interface Normaliser {
  /** Physical [height, width, channels] at a time index of the dataset → normalised, in place. */
  normalise(frame: Float32Array, timeIndex: number): void;
  /** The inverse, in place; the time index may lie beyond the data (forecasts of the future). */
  restore(frame: Float32Array, timeIndex: number): void;
}
