/**
 * softmax(query·keyᵀ)·value where the weights are too many to hold: a few queries at a time, and once more for the
 * gradient, so that memory grows with the number of cells and not with its square. Each part sees all keys, so the
 * results are those of the whole (Rabe and Staats 2021 go through the keys in parts as well, which two cores do not need).
 */
import { native, runFloat } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import { RandomStream } from '../../runtime/random.ts';
import * as tf from '../../runtime/tf.ts';

/** Bytes of attention weights up to which all are held: that saves a sixth of a small network's time and takes several times these bytes. */
export const WEIGHTS_AT_ONCE = 64e6;
/** Bytes of weights that are computed together otherwise. */
const WEIGHTS_PER_PART = 16e6;

/** Along the last axis of a matrix; records nothing. */
export function softmax(x: tf.Tensor2D): tf.Tensor2D {
  const b = native();
  return b === null ? tf.softmax(x) : (runFloat(b, 'Softmax', [x]) as tf.Tensor2D);
}

/** Rows `from` … `from + count` of one of the stack. */
interface Part {
  stack: number;
  from: number;
  count: number;
}

/**
 * @param query [stack, cells, channel]; so are `key` and `value`
 * @param rate of dropout of the weights; `random` null means that dropout is off
 * @param partBytes bytes of weights in one part; at least one row is
 * @returns [stack, cells, channel]
 */
export function attendByRows(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  rate: number,
  random: RandomStream | null,
  partBytes = WEIGHTS_PER_PART,
): tf.Tensor3D {
  const [stacks, cells] = query.shape;
  const parts = partsOf(stacks, cells, Math.max(1, Math.floor(partBytes / (4 * cells))));
  // The same masks have to come up again in the gradient.
  const drops = random !== null && rate > 0 ? new RandomStream(random.integer(2 ** 32)) : null;
  const weightsOf = (part: Part, number: number, q: tf.Tensor2D, k: tf.Tensor2D) => ({
    weights: softmax(tf.matMul<tf.Tensor2D>(q, k, false, true)),
    mask: drops === null ? null : drops.fork(number).dropoutMask<tf.Rank.R2>([part.count, cells], rate),
  });
  // One input, because the three gradients come of the same weights.
  return operation<tf.Tensor>(
    { all: tf.stack([query, key, value]) },
    (save) => {
      save([query, key, value]);
      const results = parts.map((part, number) =>
        tf.tidy(() => {
          const { weights, mask } = weightsOf(part, number, rowsOf(query, part), wholeOf(key, part));
          return tf.matMul<tf.Tensor2D>(masked(weights, mask), wholeOf(value, part));
        }),
      );
      return joinRows(results, query.shape);
    },
    (dy, saved) => {
      const [query, key, value] = saved as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      const gradientOf = (part: Part, number: number): PartGradient =>
        tf.tidy(() => {
          const [q, k, v] = [rowsOf(query, part), wholeOf(key, part), wholeOf(value, part)];
          const given = rowsOf(dy as tf.Tensor3D, part);
          const { weights, mask } = weightsOf(part, number, q, k);
          const weighted = masked(tf.matMul<tf.Tensor2D>(given, v, false, true), mask).mul(weights);
          const dSimilarity: tf.Tensor2D = weighted.sub(weights.mul(weighted.sum(1, true)));
          return {
            query: tf.matMul(dSimilarity, k),
            key: tf.matMul(dSimilarity, q, true, false),
            value: tf.matMul(masked(weights, mask), given, true, false),
          };
        });
      return { all: () => tf.stack(gradientsOf(parts, query.shape, gradientOf)) };
    },
  ) as tf.Tensor3D;
}

/** Of a part's queries [count, channel], and its share of that of all keys and values [cells, channel]. */
interface PartGradient extends tf.NamedTensorMap {
  query: tf.Tensor2D;
  key: tf.Tensor2D;
  value: tf.Tensor2D;
}

/** Of queries, keys and values: the queries' rows follow each other, the parts of one of the stack share its keys and values. */
function gradientsOf(
  parts: readonly Part[],
  shape: [number, number, number],
  gradientOf: (part: Part, number: number) => PartGradient,
): tf.Tensor3D[] {
  const queries: tf.Tensor2D[] = [];
  const keys: tf.Tensor2D[] = [];
  const values: tf.Tensor2D[] = [];
  for (const [number, part] of parts.entries()) {
    const { query, key, value } = gradientOf(part, number);
    queries.push(query);
    addTo(keys, part.stack, key);
    addTo(values, part.stack, value);
  }
  return [queries, keys, values].map((rows) => joinRows(rows, shape));
}

function addTo(sums: tf.Tensor2D[], index: number, term: tf.Tensor2D): void {
  const sum = sums[index];
  if (sum === undefined) {
    sums[index] = term;
    return;
  }
  sums[index] = sum.add(term);
  tf.dispose([sum, term]);
}

function joinRows(rows: tf.Tensor2D[], shape: [number, number, number]): tf.Tensor3D {
  const joined = tf.concat(rows, 0).reshape(shape) as tf.Tensor3D;
  tf.dispose(rows);
  return joined;
}

function partsOf(stacks: number, cells: number, rows: number): Part[] {
  const parts: Part[] = [];
  for (let stack = 0; stack < stacks; stack++)
    for (let from = 0; from < cells; from += rows)
      parts.push({ stack, from, count: Math.min(rows, cells - from) });
  return parts;
}

function rowsOf(x: tf.Tensor3D, { stack, from, count }: Part): tf.Tensor2D {
  return x.slice([stack, from, 0], [1, count, -1]).reshape([count, x.shape[2]]);
}

function wholeOf(x: tf.Tensor3D, { stack }: Part): tf.Tensor2D {
  return rowsOf(x, { stack, from: 0, count: x.shape[1] });
}

function masked(x: tf.Tensor2D, mask: tf.Tensor2D | null): tf.Tensor2D {
  return mask === null ? x : x.mul(mask);
}
