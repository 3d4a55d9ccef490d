/** A training run and its course. */
import { z } from 'zod';
import { noted } from './label.ts';
import { pretrainedSchema } from './pretrained.ts';
import { trainSettingsSchema } from './settings.ts';

export const runStatuses = ['queued', 'training', 'paused', 'finished', 'stopped', 'failed'] as const;
/** Of all methods together, in the order in which any method trains them. */
export const stageNames = ['interpolator', 'forecaster', 'fine-tuning'] as const;

/** One line of metrics.jsonl. Losses are means over the epoch in normalised units. */
export const epochMetricsSchema = z.object({
  stage: z.enum(stageNames),
  /** From 1. */
  epoch: z.number().int(),
  /** Optimiser steps since the stage began. */
  steps: z.number().int(),
  loss: z.number(),
  validationLoss: z.number().nullable(),
  /** Fair CRPS of validation forecasts in normalised units; null in stages that make no forecast yet. */
  validationCrps: z.number().nullable(),
  seconds: z.number(),
});

export const runSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  dataset: z.string(),
  datasetFingerprint: z.string(),
  preset: z.string(),
  settings: trainSettingsSchema,
  /** Fine-tuned from, where it is. */
  parent: z.string().nullable(),
  status: z.enum(runStatuses),
  stage: z.enum(stageNames).nullable(),
  epochs: z.number().int(),
  bestValidationCrps: z.number().nullable(),
  /** Of persistence and climatology on the same validation starts, in normalised units. */
  validationReferences: z.object({ persistence: z.number(), climatology: z.number() }).nullable(),
  /** Of training, without pauses. */
  seconds: z.number(),
  parameters: z.number().int(),
  versions: z.record(z.string(), z.string()),
  backend: z.string(),
  /** Why it failed, as one sentence. */
  problem: z.string().nullable(),
  /** Of a run that was trained elsewhere and placed on the dataset; absent for others. */
  pretrained: pretrainedSchema.optional(),
  ...noted,
});

export type RunStatus = (typeof runStatuses)[number];
export type StageName = (typeof stageNames)[number];
export type EpochMetrics = z.infer<typeof epochMetricsSchema>;
export type Run = z.infer<typeof runSchema>;
