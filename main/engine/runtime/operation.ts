/**
 * Operations with a hand-written gradient. tfjs's own `customGrad` computes the gradients of all inputs at once;
 * here each input has its own function that runs only when that gradient is wanted, which halves the backward
 * pass through a frozen network.
 */
import * as tf from './tf.ts';

type Inputs = Record<string, tf.Tensor>;
type Save = (tensors: tf.Tensor[]) => void;

interface CustomInvocation<O> {
  inputs: Inputs;
  forwardFunc: (backend: unknown, save: Save) => O;
  backwardsFunc: (dy: O, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>;
}

interface Engine {
  runKernelFunc<O extends tf.Tensor | tf.Tensor[]>(invocation: CustomInvocation<O>): O;
}

/**
 * Runs `forward` as one recorded operation.
 * @param forward computes the result; `save` keeps what the gradient needs, in that order (call it at most once)
 * @param backward from the result's gradient and the saved tensors to one function per input, each returning a new
 *   tensor of that input's shape
 */
export function operation<O extends tf.Tensor | tf.Tensor[]>(
  inputs: Inputs,
  forward: (save: Save) => O,
  backward: (dy: O, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>,
): O {
  // tfjs marks this method as private in its types only; `customGrad` is a thin skin over it.
  return (tf.engine() as unknown as Engine).runKernelFunc<O>({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: backward,
  });
}
