/**
 * Writes simulated trajectories as CF NetCDF-4, block of frames by block, so that memory does not grow with the file.
 * The same blocks in the same order make the same bytes, the creation time apart. Source: CF conventions 1.11.
 */
import { bitRound, quantization } from './bitRound.ts';
import { onScale } from './cf/unitsMetadata.ts';
import { type AttributeValue, Netcdf4Writer } from './formats/netcdf4Writer.ts';

interface FileVariable {
  readonly name: string;
  readonly longName: string;
  readonly standardName: string;
  readonly units: string;
}

interface FileAxis {
  readonly name: string;
  readonly values: Float64Array;
  readonly attributes: Readonly<Record<string, string>>;
}

interface FileTable {
  readonly name: string;
  readonly dims: readonly { readonly name: string; readonly size: number }[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly values: Int32Array | Float64Array;
}

export interface StaticValues {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** [space]; NaN where missing. */
  readonly values: Float32Array;
}

export interface SimulationFileLayout {
  readonly variables: readonly FileVariable[];
  readonly time: FileAxis;
  /** Slowest first. */
  readonly space: readonly FileAxis[];
  readonly tables: readonly FileTable[];
  /** Null: one time line, without the dimension `trajectory`. */
  readonly trajectories: number | null;
  /** Global attributes; numbers become float64. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Explicit mantissa bits that frames are rounded to, 1–23, and who rounds; null: as computed. */
  readonly rounding?: { readonly significantBits: number; readonly version: string } | null;
}

export interface SimulationWriter {
  /** Static fields of a trajectory; the first call creates their variables, the others have the same names. Throws `disk`. */
  writeStatics(trajectory: number, fields: readonly StaticValues[]): void;
  /** `count` frames from frame `first`: one array [count, space] a variable, in the order of the layout. Throws `disk`. */
  writeFrames(trajectory: number, first: number, count: number, fields: readonly Float32Array[]): void;
  /** Completes the file. Nothing stands at the path before. Throws `disk`. */
  close(): Promise<void>;
  /** Gives up and leaves nothing behind. */
  abort(): Promise<void>;
}

const chunkBytes = 1024 * 1024;
/** Rounding is asked for where size counts, so there the time for the best compression is well spent. */
const roundedDeflate = 9;

const cellsOf = (space: readonly FileAxis[]) => space.reduce((cells, axis) => cells * axis.values.length, 1);

/** Frames in a stored chunk, and so in the blocks that are cheapest to write: about a MiB, evenly divided. */
export function framesPerBlock({ time, space }: Pick<SimulationFileLayout, 'time' | 'space'>): number {
  const frames = time.values.length;
  const most = Math.max(1, Math.floor(chunkBytes / (cellsOf(space) * 4)));
  return Math.ceil(frames / Math.ceil(frames / most));
}

const counted = (size: number) => Int32Array.from({ length: size }, (_, i) => i);

function writeCoordinates(file: Netcdf4Writer, layout: SimulationFileLayout): void {
  const { trajectories, time, space, tables } = layout;
  if (trajectories !== null)
    file.dimension('trajectory', counted(trajectories), {
      long_name: 'trajectory, counted from 0',
      units: '1',
    });
  for (const { name, values, attributes } of [time, ...space]) file.dimension(name, values, attributes);
  const known = new Set(['trajectory', time.name, ...space.map((axis) => axis.name)]);
  for (const table of tables) {
    for (const { name, size } of table.dims) {
      if (known.has(name)) continue;
      known.add(name);
      file.dimension(name, counted(size), {
        long_name: `${name.replaceAll('_', ' ')}, counted from 0`,
        units: '1',
      });
    }
    const dims = table.dims.map((dim) => dim.name);
    file.variable(table.name, table.values, { dims, attributes: table.attributes });
  }
}

function variableAttributes({ longName, standardName, units }: FileVariable): Record<string, AttributeValue> {
  return {
    ...(standardName === '' ? {} : { standard_name: standardName }),
    long_name: longName,
    units: units === '' ? '1' : units,
    ...onScale(standardName),
    _FillValue: new Float32Array([Number.NaN]),
  };
}

/**
 * Creates a file of dimensions [trajectory,] time, space and static fields [trajectory,] space. Write trajectories and
 * frames in ascending order. Throws `disk`.
 */
export async function createSimulationWriter(
  path: string,
  layout: SimulationFileLayout,
): Promise<SimulationWriter> {
  const { variables, trajectories, time, space, rounding = null } = layout;
  const sizes = space.map((axis) => axis.values.length);
  const spaceDims = space.map((axis) => axis.name);
  const repeated = trajectories === null ? [] : ['trajectory'];
  const ones = repeated.map(() => 1);
  const at = (trajectory: number) => (trajectories === null ? [] : [trajectory]);
  const zeros = space.map(() => 0);
  const file = await Netcdf4Writer.create(path);
  try {
    // Rounding is described since version 1.12 of the conventions.
    file.attributes({ Conventions: rounding ? 'CF-1.12' : 'CF-1.11', ...layout.attributes });
    writeCoordinates(file, layout);
    if (rounding)
      file.variable(quantization.container, new Int32Array(1), {
        dims: [],
        attributes: quantization.containerAttributes(rounding.version),
      });
    for (const variable of variables) {
      file.slabVariable(variable.name, {
        dims: [...repeated, time.name, ...spaceDims],
        chunks: [...ones, framesPerBlock(layout), ...sizes],
        attributes: {
          ...variableAttributes(variable),
          ...(rounding ? quantization.attributes(rounding.significantBits) : {}),
        },
        ...(rounding ? { deflate: roundedDeflate } : {}),
      });
    }
  } catch (error) {
    await file.abort();
    throw error;
  }

  let statics: readonly string[] | null = null;
  return {
    writeStatics(trajectory, fields) {
      if (statics === null) {
        for (const { name, attributes } of fields)
          file.slabVariable(name, {
            dims: [...repeated, ...spaceDims],
            chunks: [...ones, ...sizes],
            attributes: { ...attributes, _FillValue: new Float32Array([Number.NaN]) },
          });
        statics = fields.map((field) => field.name);
      }
      for (const { name, values } of fields)
        file.writeSlab(name, [...at(trajectory), ...zeros], [...ones, ...sizes], values);
    },
    writeFrames(trajectory, first, count, fields) {
      for (const [i, { name }] of variables.entries()) {
        const values = rounding ? bitRound(fields[i]!, rounding.significantBits) : fields[i]!;
        file.writeSlab(name, [...at(trajectory), first, ...zeros], [...ones, count, ...sizes], values);
      }
    },
    close: () => file.close(),
    abort: () => file.abort(),
  };
}
