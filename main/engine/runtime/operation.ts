/**
 * Operations with a hand-written gradient. tfjs's own `customGrad` computes the gradients of all inputs at once;
 * here each input has its own function that runs only when that gradient is wanted, which halves the backward
 * pass through a frozen network. Tensors that the backward pass is done with are freed on the way, not at its end.
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
  state: { activeTape: object | null };
  runKernelFunc<O extends tf.Tensor | tf.Tensor[]>(invocation: CustomInvocation<O>): O;
}

/** What the operation visited last no longer needs once the next one is visited. */
let finished: tf.Tensor[] = [];
/** The recording that is being walked backward. */
let walked = new WeakRef<object>({});

/**
 * Runs `forward` as one recorded operation.
 * @param forward computes the result; `save` keeps what the gradient needs, in that order (call it at most once)
 * @param backward from the result's gradient and the saved tensors to one function per input, each returning a new
 *   tensor of that input's shape (never the gradient it was given)
 */
export function operation<O extends tf.Tensor | tf.Tensor[]>(
  inputs: Inputs,
  forward: (save: Save) => O,
  backward: (dy: O, saved: tf.Tensor[]) => Record<string, () => tf.Tensor>,
): O {
  // tfjs marks this method as private in its types only; `customGrad` is a thin skin over it.
  const engine = tf.engine() as unknown as Engine;
  return engine.runKernelFunc<O>({
    inputs,
    forwardFunc: (_backend, save) => forward(save),
    backwardsFunc: (dy, saved) => {
      release(engine.state.activeTape, saved, Array.isArray(dy) ? dy : [dy]);
      return backward(dy, saved);
    },
  });
}

/**
 * tfjs walks the recording from its end and calls all of an operation's gradient functions before it visits the next
 * one, so by then the saved tensors and the incoming gradient of the one before are dead. Only the very first
 * gradient may belong to the caller and is left alone.
 */
function release(tape: object | null, saved: tf.Tensor[], dys: tf.Tensor[]): void {
  const started = tape !== null && walked.deref() === tape;
  if (started) tf.dispose(finished);
  finished = started ? [...saved, ...dys] : [...saved];
  if (!started && tape !== null) walked = new WeakRef(tape);
}
