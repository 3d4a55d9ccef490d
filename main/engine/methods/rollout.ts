/**
 * The way through a forecast that methods with one pass a window share: block after block, the state at the end of one
 * starting the next, every lead handed over as soon as it is final.
 */
import { DriftcastError } from '#shared/errors.ts';
import * as tf from '../runtime/tf.ts';
import { Batcher } from './batcher.ts';
import type { SampleRequest, SampleStatistics } from './method.ts';

export interface Block {
  readonly batcher: Batcher;
  /** From 0. */
  readonly number: number;
  /** Each row serves `copies` members: all of a start in the first block, one each later on. */
  readonly initial: tf.Tensor4D;
  readonly copies: number;
  readonly statics: tf.Tensor4D | null;
  readonly staticCopies: number;
  /** starts · members */
  readonly rows: number;
  /** Wanted leads within the block, ascending, in (0, h]. */
  readonly leads: readonly number[];
  /** Hands over the snapshot [rows, height, width, channel] of a lead, which stays the caller's. */
  give(lead: number, snapshot: tf.Tensor4D): Promise<void>;
  /** Share of the block's work that is done, 0–1. */
  progress(fraction: number): void;
}

/** @throws DriftcastError `bad-input` for a forecast of no steps or members. */
export function checkRequest({ horizon, members }: SampleRequest): void {
  if (Number.isInteger(horizon) && horizon >= 1 && Number.isInteger(members) && members >= 1) return;
  throw new DriftcastError(
    'bad-input',
    `A forecast of ${horizon} data steps with ${members} members cannot be made.`,
    'Choose at least one step and one member.',
  );
}

/** The real-valued leads of a request, ascending, each once. */
export function realLeads({ leads, horizon }: SampleRequest): number[] {
  return [...new Set(leads ?? [])]
    .filter((lead) => lead > 0 && lead < horizon && !Number.isInteger(lead))
    .sort((a, b) => a - b);
}

/** @throws DriftcastError `bad-input` where a method that forecasts whole steps alone is asked for others. */
export function refuseRealLeads(request: SampleRequest, title: string): void {
  const [lead] = realLeads(request);
  if (lead === undefined) return;
  throw new DriftcastError(
    'bad-input',
    `${title} forecasts whole data steps only, so there is no forecast for lead ${lead}.`,
    'Leave that lead out, or use a method that is told the lead time (DYffusion, Dropout, Perturbation, CRPS ensemble).',
  );
}

/** @throws DriftcastError `bad-input` where a method without accelerated schedules is asked for one. */
export function refuseSchedule({ schedule }: SampleRequest, title: string): void {
  if ((schedule ?? null) === null) return;
  throw new DriftcastError(
    'bad-input',
    `${title} has no sampling schedules, so "${schedule!.slice(0, 60)}" means nothing to it.`,
    'Leave the schedule out.',
  );
}

/**
 * Runs `sampleBlock` for each block of `horizon` data steps. It has to give every one of its leads once.
 * @throws DriftcastError `cancelled`, `bad-input`, `out-of-memory`, or whatever the receiver of leads throws
 */
export async function rollOut(
  request: SampleRequest,
  horizon: number,
  sampleBlock: (block: Block) => Promise<void>,
): Promise<SampleStatistics> {
  checkRequest(request);
  const { members, horizon: total, boundary } = request;
  const batcher = new Batcher(request.maxBatch, request.signal ?? null);
  const blocks = Math.ceil(total / horizon);
  const extra = realLeads(request);
  const rows = request.initial.shape[0] * members;
  let initial = request.initial.clone();
  /** Where the block ended, which starts the next one. */
  const end: { state: tf.Tensor4D | null } = { state: null };
  try {
    for (let number = 0; number < blocks; number++) {
      const offset = number * horizon;
      const statics = request.statics ? await request.statics(offset) : null;
      const whole = Array.from({ length: Math.min(horizon, total - offset) }, (_, i) => i + 1);
      const between = extra.map((lead) => lead - offset).filter((lead) => lead > 0 && lead < horizon);
      try {
        await sampleBlock({
          batcher,
          number,
          initial,
          copies: number === 0 ? members : 1,
          statics,
          staticCopies: members,
          rows,
          leads: [...whole, ...between].sort((a, b) => a - b),
          async give(lead, snapshot) {
            const final = boundary
              ? tf.tidy(() => boundary(snapshot, offset + lead).clone())
              : snapshot.clone();
            if (lead === horizon) {
              end.state?.dispose();
              end.state = final;
            }
            try {
              await request.onLead(offset + lead, final);
            } finally {
              if (lead !== horizon) final.dispose();
            }
          },
          progress: (fraction) => request.onProgress?.((number + fraction) / blocks),
        });
      } finally {
        statics?.dispose();
      }
      if (end.state === null) continue;
      initial.dispose();
      initial = end.state;
      end.state = null;
    }
  } finally {
    tf.dispose([initial, end.state ?? []]);
  }
  return { networkCalls: batcher.calls, rows: batcher.rows };
}
