/**
 * A prepared series on disk: the frames, what training needs to know about them, and a description with
 * checksums. The description is written last, so that a folder with one is complete.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '#main/workspace/atomic.ts';
import { type JsonFormat, readJsonChecked, sha256, writeJsonChecked } from '#main/workspace/checked-json.ts';
import { normalisationKinds } from '#shared/domain/dataset.ts';
import { seasonalBasisSchema } from '#shared/domain/pretrained.ts';
import { DriftcastError } from '#shared/errors.ts';
import { calendars } from '#shared/time/calendars.ts';
import { boundarySchema } from './boundary.ts';

export const fileNames = {
  description: 'prepared.json',
  /** [time, height, width, channel], float32 little-endian, NaN where missing. */
  series: 'series.f32',
  /** The arrays of {@link Statistics}, float32 little-endian, one after the other. */
  statistics: 'statistics.f32',
  /** [trajectory, name, height, width], float32 little-endian; only where there are static fields. */
  statics: 'statics.f32',
} as const;

const fileSumSchema = z.object({ bytes: z.number().int(), sha256: z.string() });
const spaceSchema = z.object({
  name: z.string(),
  attributes: z.record(z.string(), z.string()),
  values: z.array(z.number()).nullable(),
});
const rangeSchema = z.object({ first: z.number().int(), end: z.number().int() });

const descriptionSchema = z.object({
  formatVersion: z.literal(1),
  height: z.number().int(),
  width: z.number().int(),
  channels: z.number().int(),
  time: z.object({
    calendar: z.enum(calendars).nullable(),
    units: z.string(),
    /** Milliseconds on the calendar's own axis, or plain numbers where there is no calendar. */
    values: z.array(z.number()),
  }),
  /** Number of trajectories with these times, one after the other in the series; absent for one time line. */
  trajectories: z.number().int().optional(),
  /** Stretches between gaps in time, which cover the times in order; absent where there is no gap. */
  pieces: z.array(rangeSchema).optional(),
  /** Static fields; the first `inputs` of them are input channels of networks. */
  statics: z.object({ names: z.array(z.string()), inputs: z.number().int(), file: fileSumSchema }).optional(),
  boundary: boundarySchema.nullable().default(null),
  space: z.object({ rows: spaceSchema, columns: spaceSchema }),
  /** What was chosen of further dimensions. */
  slices: z
    .array(
      z.object({
        name: z.string(),
        value: z.number(),
        attributes: z.record(z.string(), z.string()),
        channels: z.array(z.number().int()),
      }),
    )
    .default([]),
  /** Whether the statistics end with latitude and longitude of every cell (curvilinear grids). */
  positions: z.boolean(),
  splits: z.object({ train: rangeSchema, validation: rangeSchema, test: rangeSchema }),
  /** Times whose frames lack values that are not always missing. */
  gappyTimes: z.array(z.number().int()),
  /** The one that is in force, which may differ from the settings for series without dates. */
  normalisation: z.enum(normalisationKinds),
  basis: seasonalBasisSchema,
  stepsPerYear: z.number().nullable(),
  files: z.object({ series: fileSumSchema, statistics: fileSumSchema }),
});

export type Description = z.infer<typeof descriptionSchema>;

const format: JsonFormat<Description> = { what: 'prepared series', version: 1, schema: descriptionSchema };

/** All from training times alone; `cells` = height · width, `size` = cells · channels. */
export interface Statistics {
  /** 1 where observed, 0 where always missing: [height, width]. */
  readonly mask: Float32Array;
  /** [height, width, channel] each: normalised = (value − centre) / scale, unless the season moves the centre. */
  readonly centre: Float32Array;
  readonly scale: Float32Array;
  /** Seasonal coefficients [term, height, width, channel], NaN where masked. */
  readonly seasonal: Float32Array;
}

/** Degrees by cell, [height, width]. */
export interface Positions {
  readonly latitude: Float32Array;
  readonly longitude: Float32Array;
}

export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Collects size and checksum of frames on their way to the disk. */
export class SeriesWriter {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(private readonly file: FileHandle) {}

  async write(frame: Float32Array): Promise<void> {
    const bytes = bytesOf(frame);
    this.hash.update(bytes);
    await this.file.writeFile(bytes);
    this.bytes += bytes.byteLength;
  }

  sum(): Description['files']['series'] {
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/** Writes static fields [trajectory, name, height, width]; answers what the description says of them. Throws `disk`. */
export async function writeStatics(
  folder: string,
  names: readonly string[],
  inputs: number,
  values: Float32Array,
): Promise<Description['statics']> {
  const bytes = bytesOf(values);
  await writeFileAtomic(join(folder, fileNames.statics), bytes);
  return { names: [...names], inputs, file: { bytes: bytes.byteLength, sha256: sha256(bytes) } };
}

/** Writes statistics and description; the series must be in place. Throws `disk`. */
export async function writeDescription(
  folder: string,
  content: Omit<Description, 'formatVersion' | 'files' | 'positions'>,
  series: Description['files']['series'],
  statistics: Statistics,
  positions: Positions | null,
): Promise<void> {
  const { mask, centre, scale, seasonal } = statistics;
  const places = positions ? [positions.latitude, positions.longitude] : [];
  const bytes = Buffer.concat([mask, centre, scale, seasonal, ...places].map(bytesOf));
  await writeFileAtomic(join(folder, fileNames.statistics), bytes);
  const files = { series, statistics: { bytes: bytes.byteLength, sha256: sha256(bytes) } };
  await writeJsonChecked(join(folder, fileNames.description), format, {
    formatVersion: 1,
    ...content,
    positions: positions !== null,
    files,
  });
}

function damaged(path: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `The prepared data in ${path} are damaged: they do not match their checksum.`,
    'Prepare the dataset again from its source files.',
  );
}

/** A file as float32, checked. Throws `damaged-file` and `disk`. */
export async function readFloats(
  path: string,
  expected: { bytes: number; sha256: string },
): Promise<Float32Array> {
  const bytes = await readFile(path);
  if (bytes.byteLength !== expected.bytes || sha256(bytes) !== expected.sha256) throw damaged(path);
  return floatsOf(bytes);
}

/** Little-endian float32, without a copy where the bytes lie so that this is possible. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The file for positioned reads; only its length is checked. Throws `damaged-file` and `disk`. */
export async function openFloats(path: string, expected: { bytes: number }): Promise<FileHandle> {
  if ((await stat(path)).size !== expected.bytes) throw damaged(path);
  return open(path, 'r');
}

/** Everything but the frames. Throws `damaged-file` and `disk`. */
export async function readDescription(
  folder: string,
): Promise<{ description: Description; statistics: Statistics; positions: Positions | null }> {
  const description = await readJsonChecked(join(folder, fileNames.description), format);
  const all = await readFloats(join(folder, fileNames.statistics), description.files.statistics);
  const cells = description.height * description.width;
  const size = cells * description.channels;
  const end = all.length - (description.positions ? 2 * cells : 0);
  return {
    description,
    statistics: {
      mask: all.subarray(0, cells),
      centre: all.subarray(cells, cells + size),
      scale: all.subarray(cells + size, cells + 2 * size),
      seasonal: all.subarray(cells + 2 * size, end),
    },
    positions: description.positions
      ? { latitude: all.subarray(end, end + cells), longitude: all.subarray(end + cells) }
      : null,
  };
}
