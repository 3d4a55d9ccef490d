/**
 * What every simulator offers, so that all of them are run, previewed and written by the same code: a layout that
 * is known beforehand, and trajectories that hand over one output frame after the other.
 */

/** One forecastable variable; it becomes a variable of the file and a channel of the dataset. */
export interface SimulatedVariable {
  readonly name: string;
  readonly longName: string;
  /** CF standard name; empty where there is none. */
  readonly standardName: string;
  readonly units: string;
}

/** A coordinate of the file with its CF attributes (`axis`, `units`, `standard_name`, `long_name`). */
export interface SimulatedAxis {
  readonly name: string;
  readonly values: Float64Array;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A field that does not change in time, such as a mask; [space], one for all trajectories or one each. */
export interface StaticField {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly values: Float32Array;
}

/** Something of another shape that belongs into the file once, e.g. the edges of a mesh, [edges, 2]. */
export interface StaticTable {
  readonly name: string;
  readonly dims: readonly { readonly name: string; readonly size: number }[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly values: Int32Array | Float64Array;
}

export interface SimulationLayout {
  readonly variables: readonly SimulatedVariable[];
  /** Output times, first the initial condition. */
  readonly time: SimulatedAxis;
  /** Slowest first: rows and columns, or layers, rows and columns. */
  readonly space: readonly SimulatedAxis[];
  readonly tables: readonly StaticTable[];
  /** Names of static fields that networks take as extra input channels, in order. */
  readonly masks: readonly string[];
  /** Global attributes about the physics: title, references, comment. Settings and seed are added by the writer. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

export interface SimulationTask {
  /** Number of the trajectory, from 0: with the seed it decides everything that is random about it. */
  readonly trajectory: number;
  readonly seed: number;
  readonly signal?: AbortSignal | null;
  /** Static fields of this trajectory; called once, before the first frame. */
  onStatics?(fields: readonly StaticField[]): Promise<void> | void;
  /**
   * Output frame `index` (0 is the initial condition): one array [space] a variable, in the order of the layout. The
   * arrays may be written again after the promise resolves, so keep copies.
   */
  onFrame(index: number, fields: readonly Float32Array[]): Promise<void> | void;
}

export interface Simulator<Settings> {
  /** As on the command line and in files, e.g. `spring-mesh`. */
  readonly name: string;
  /** For people, e.g. "Spring mesh". */
  readonly title: string;
  /** @throws DriftcastError `bad-input` for settings that fit no simulation (they have passed their schema). */
  layout(settings: Settings): SimulationLayout;
  /**
   * Computes one trajectory. Yields to the event loop (`setTimeout`, no Node built-ins) often enough that a cancel is
   * heeded within a second.
   * @throws DriftcastError `cancelled`, or `diverged` when the numbers stop being finite
   */
  simulate(settings: Settings, task: SimulationTask): Promise<void>;
}
