/** What runs here and why the rest does not: the answer of `doctor` and the chip in the top bar. */
import { z } from 'zod';

export const backendReportSchema = z.object({
  name: z.string(),
  available: z.boolean(),
  active: z.boolean(),
  reason: z.string(),
});

export const doctorSchema = z.object({
  backends: z.array(backendReportSchema),
  electron: z.object({ available: z.boolean(), reason: z.string() }),
  versions: z.record(z.string(), z.string()),
  workspace: z.string(),
  threads: z.number().int(),
  memoryBytes: z.number(),
});

export type BackendReport = z.infer<typeof backendReportSchema>;
export type Doctor = z.infer<typeof doctorSchema>;

export const referenceReportSchema = z.object({
  cases: z.array(
    z.object({
      name: z.string(),
      error: z.number().nullable(),
      tolerance: z.number().nullable(),
      ok: z.boolean(),
      /** Why a case failed or was left out. */
      note: z.string().optional(),
      skipped: z.boolean().optional(),
    }),
  ),
});
export type ReferenceReport = z.infer<typeof referenceReportSchema>;
