/**
 * What `system_meta.json` of an nn-benchmark folder says: which arrays of `trajectories.npz` make which trajectory.
 * Source: the public code of Otness et al. 2021, "An extensible benchmark suite for learning to simulate physical
 * systems", which writes these folders.
 */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { damaged } from '../formats/dataFile.ts';

export const metaFile = 'system_meta.json';
export const arraysFile = 'trajectories.npz';

export const trajectoryMetaSchema = z.object({
  name: z.string().default(''),
  /** Peak of the inflow, of the channel alone. */
  in_velocity: z.number().optional(),
  time_step_size: z.number().optional(),
  /** Names of arrays by what they are: p, q, dpdt, dqdt, t, vertices, edge_indices, fixed_mask_p, … */
  field_keys: z.record(z.string(), z.string()),
});

const metaSchema = z.object({
  system: z.string(),
  /** What our own exporter knows beyond the layout. */
  system_args: z.object({ driftcast_simulation: z.unknown().optional() }).nullish().catch(null),
  trajectories: z.array(trajectoryMetaSchema).min(1),
});

export type TrajectoryMeta = z.infer<typeof trajectoryMetaSchema>;
export type SystemMeta = z.infer<typeof metaSchema>;

/** More text than a benchmark's description of a hundred meshes needs, and far less than would hurt. */
const longestMeta = 256 * 1024 * 1024;

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The folder, where `path` is one with both files or one of the two; null for anything else. */
export async function nnBenchmarkFolder(path: string): Promise<string | null> {
  const name = basename(path);
  const folder = name === metaFile || name === arraysFile ? dirname(path) : path;
  const both = await Promise.all([metaFile, arraysFile].map((file) => isFile(join(folder, file))));
  return both.every(Boolean) ? folder : null;
}

/** Throws `damaged-file` and `unsupported`. */
export async function readMeta(folder: string): Promise<SystemMeta> {
  const path = join(folder, metaFile);
  if ((await stat(path)).size > longestMeta)
    throw new DriftcastError('unsupported', `${metaFile} in ${basename(folder)} is too large to be read.`);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw damaged(path, 'it is not valid JSON', cause);
  }
  const meta = metaSchema.safeParse(content);
  if (meta.success) return meta.data;
  const issue = meta.error.issues[0];
  throw damaged(
    path,
    `${issue?.path.join('.') || 'its content'} is not as nn-benchmark writes it`,
    meta.error,
  );
}
