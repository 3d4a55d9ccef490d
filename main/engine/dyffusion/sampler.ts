/**
 * Sampling: cold (or naive) diffusion through the window, block after block (paper, algorithm 2). What is held
 * is the state x, the prediction of the horizon and the initial condition of every member; leads leave through a
 * callback as soon as they are final, so memory does not depend on the horizon.
 */
import type { DiffusionSettings } from '#shared/domain/settings.ts';
import { Batcher } from '../methods/batcher.ts';
import type { SampleRequest as MethodRequest, SampleStatistics } from '../methods/method.ts';
import { checkRequest, realLeads } from '../methods/rollout.ts';
import { pick, repeated, stacked } from '../methods/rows.ts';
import * as tf from '../runtime/tf.ts';
import type { DyffusionModel } from './model.ts';
import { samplingSteps } from './schedule.ts';

export type { SampleStatistics } from '../methods/method.ts';

export type SamplingOptions = Pick<
  DiffusionSettings,
  'sampling' | 'coldLastStep' | 'refine' | 'samplingSchedule'
> &
  Partial<Pick<DiffusionSettings, 'forecasterDropout'>>;

export interface SampleRequest extends Omit<MethodRequest, 'schedule'> {
  options: SamplingOptions;
}

/**
 * Samples `members` trajectories from each start. The draws depend on `random`, on the number of starts and
 * members and on `maxBatch`.
 * @throws DriftcastError `cancelled` when the signal asks for it, `bad-input` for a horizon or schedule that makes none.
 */
export async function sample(model: DyffusionModel, request: SampleRequest): Promise<SampleStatistics> {
  const { horizon: total, members, options } = request;
  const h = model.schedule.horizon;
  checkRequest(request);
  const steps = samplingSteps(model.schedule, options.samplingSchedule);
  const blocks = Math.ceil(total / h);
  const rounds = steps.length + (options.refine ? h - 1 : 0);
  const batcher = new Batcher(request.maxBatch, request.signal ?? null);
  const extra = realLeads(request);

  let initial = request.initial.clone();
  try {
    for (let block = 0; block < blocks; block++) {
      const offset = block * h;
      const statics = request.statics ? await request.statics(offset) : null;
      try {
        const next = await sampleBlock(model, {
          request,
          batcher,
          steps,
          offset,
          initial,
          statics,
          // The first block's starts serve every member; later ones are one each.
          copies: block === 0 ? members : 1,
          staticCopies: members,
          wanted: extra.filter((lead) => lead > offset && lead < offset + h).map((lead) => lead - offset),
          onRound: (round) => request.onProgress?.((block * rounds + round) / (blocks * rounds)),
        });
        initial.dispose();
        initial = next;
      } finally {
        statics?.dispose();
      }
    }
  } finally {
    initial.dispose();
  }
  return { networkCalls: batcher.calls, rows: batcher.rows };
}

interface Block {
  request: SampleRequest;
  batcher: Batcher;
  steps: readonly number[];
  /** Data steps before this block. */
  offset: number;
  initial: tf.Tensor4D;
  statics: tf.Tensor4D | null;
  /** Members that share a row of `initial`, and of `statics`. */
  copies: number;
  staticCopies: number;
  /** Real-valued leads within the block. */
  wanted: readonly number[];
  onRound(round: number): void;
}

/** One pass through the window; answers the states at its end, which start the next one. */
async function sampleBlock(model: DyffusionModel, block: Block): Promise<tf.Tensor4D> {
  const { forecaster, interpolator, schedule } = model;
  const { request, batcher, steps, offset, initial, statics, copies, staticCopies } = block;
  const { sampling, coldLastStep, refine, forecasterDropout = false } = request.options;
  const { random } = request;
  const rows = initial.shape[0] * copies;
  const forecastPass = { dropout: forecasterDropout, training: false, random };
  const interpolatorPass = { dropout: true, training: false, random };
  const last = steps.at(-1)!;

  let x: tf.Tensor4D | null = null;
  let reached: tf.Tensor4D | null = null;
  let arrived: tf.Tensor4D | null = null;
  try {
    for (const [index, s] of steps.entries()) {
      const held: tf.Tensor4D | null = x;
      // F(x, i_s); from x₀ itself it is deterministic, unless noise is part of the condition or dropout is on.
      const shared = held === null && forecaster.sharesFirstCall && !forecasterDropout;
      const share = shared ? copies : 1;
      reached?.dispose();
      reached = await batcher.run(rows / share, 1, (from, count) => {
        const start = pick(initial, from, count, copies / share);
        const here = held === null ? start : pick(held, from, count, 1);
        const still = statics && pick(statics, from, count, staticCopies / share);
        return forecaster.predict(here, repeated(s, count), start, still, forecastPass);
      });
      const horizonCopies = share;
      const horizon = reached;
      const final = s === last;
      const moment = schedule.time(s);
      const next = final ? null : schedule.time(steps[index + 1]!);
      const cold = held !== null && sampling === 'cold' && (!final || coldLastStep);
      let moved: tf.Tensor4D;
      if (next === null && !cold) moved = horizon.clone();
      else {
        const times = [...(next === null ? [] : [next]), ...(cold ? [moment] : [])];
        moved = await batcher.run(rows, times.length, (from, count) => {
          const start = pick(initial, from, count, copies);
          const end = pick(horizon, from, count, horizonCopies);
          const still = statics && pick(statics, from, count, staticCopies);
          const draws = interpolator.interpolate(
            stacked(start, times.length),
            stacked(end, times.length),
            times.flatMap((time) => repeated(time, count)),
            still && stacked(still, times.length),
            interpolatorPass,
          );
          const [first, second] = tf.split(draws, times.length, 0) as tf.Tensor4D[];
          if (!cold) return first!;
          const here = pick(held, from, count, 1);
          return here.sub(second ?? first!).add(second ? first! : end) as tf.Tensor4D;
        });
      }
      x?.dispose();
      x = moved;
      block.onRound(index + 1);
      if (next !== null && Number.isInteger(next) && !refine) await emit(request, offset + next, x);
      // Nothing further is wanted of the last block: its remaining steps would be thrown away.
      if (!refine && block.wanted.length === 0 && offset + (next ?? 0) >= request.horizon) break;
    }

    const end = x!;
    const horizon = reached!;
    const horizonCopies = rows / horizon.shape[0];
    const whole = refine ? Array.from({ length: schedule.horizon - 1 }, (_, i) => i + 1) : [];
    const later = [...block.wanted, ...whole].sort((a, b) => a - b);
    for (const [index, lead] of later.entries()) {
      if (offset + lead > request.horizon) break;
      const drawn = await batcher.run(rows, 1, (from, count) =>
        interpolator.interpolate(
          pick(initial, from, count, copies),
          pick(horizon, from, count, horizonCopies),
          repeated(lead, count),
          statics && pick(statics, from, count, staticCopies),
          interpolatorPass,
        ),
      );
      try {
        block.onRound(steps.length + (refine ? index + 1 : 0));
        await emit(request, offset + lead, drawn);
      } finally {
        drawn.dispose();
      }
    }
    const lead = offset + schedule.horizon;
    arrived = request.boundary ? tf.tidy(() => request.boundary!(end, lead).clone()) : end.clone();
    if (lead <= request.horizon) await request.onLead(lead, arrived);
    return arrived;
  } catch (thrown) {
    arrived?.dispose();
    throw thrown;
  } finally {
    x?.dispose();
    reached?.dispose();
  }
}

async function emit(request: SampleRequest, lead: number, snapshot: tf.Tensor4D): Promise<void> {
  if (lead > request.horizon) return;
  if (!request.boundary) return request.onLead(lead, snapshot);
  const bounded = tf.tidy(() => request.boundary!(snapshot, lead).clone());
  try {
    await request.onLead(lead, bounded);
  } finally {
    bounded.dispose();
  }
}
