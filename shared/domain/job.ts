/** Long work as everyone sees it: what it is, how far it has come, how to stop it, how it ended. */
import { z } from 'zod';
import { errorDataSchema } from '../errors.ts';

export const jobKinds = [
  'inspect',
  'simulate',
  'prepare',
  'train',
  'forecast',
  'evaluate',
  'reference',
  'demo',
] as const;
export const jobStatuses = ['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled'] as const;

export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  title: z.string(),
  /** The dataset, run or forecast it makes. */
  subject: z.string().nullable(),
  status: z.enum(jobStatuses),
  /** 0–1; null while unknown. */
  fraction: z.number().nullable(),
  message: z.string(),
  secondsLeft: z.number().nullable(),
  started: z.string(),
  ended: z.string().nullable(),
  error: errorDataSchema.nullable(),
});

export type Job = z.infer<typeof jobSchema>;
export type JobKind = (typeof jobKinds)[number];
