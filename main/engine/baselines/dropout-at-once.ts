/**
 * Dropout, all leads at once: x₀ → (x₁, …, x_h) stacked along the channels, dropout left on. One call a window, so it is
 * the quickest of all, but it knows whole steps only and its last layer grows with h.
 */
import { methodFacts } from '#shared/domain/methods.ts';
import { evenItems, staticsOf } from '../methods/frames.ts';
import { fieldLoss } from '../methods/loss.ts';
import { createMask, hold } from '../methods/mask.ts';
import type { MethodModel, Stage, TrainableMethodMaker } from '../methods/method.ts';
import { architecture } from '../methods/problem.ts';
import { refuseRealLeads, refuseSchedule, rollOut } from '../methods/rollout.ts';
import { pick } from '../methods/rows.ts';
import { anchored, stateAnchor } from '../networks/anchored.ts';
import type { ForwardOptions } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { giveLeads, loadWindows, windowOf } from './at-once.ts';
import { MODEL, requireDropout } from './time-conditioned.ts';

const { title } = methodFacts['dropout-at-once'];

export const dropoutAtOnce: TrainableMethodMaker = {
  name: 'dropout-at-once',
  create(settings, problem, seed): MethodModel {
    requireDropout(settings, 'forecaster', title);
    const { horizon, conditionChannels } = problem;
    const { height, width, channels } = problem.shape;
    const bare = createNetwork(
      {
        ...architecture(settings.network, settings.forecaster.dropout, problem),
        inputChannels: channels,
        outputChannels: horizon * channels,
        conditionChannels,
        withTimeEmbedding: false,
      },
      new RandomStream(seed).fork(2),
    );
    const network = settings.network.predictsChange ? anchored(bare, stateAnchor(horizon)) : bare;
    const mask = createMask(problem.mask, height, width);
    const predict = (x0: tf.Tensor4D, statics: tf.Tensor4D | null, pass: ForwardOptions) =>
      tf.tidy(() => hold(network.forward(x0, tf.zeros([x0.shape[0]]), statics, pass), mask));
    const stage: Stage = {
      name: 'forecaster',
      settings: settings.forecaster,
      part: MODEL,
      network,
      scoredBy: 'forecast',
      continues: false,
      stochastic: true,
      draw: (examples) => examples.map((example) => ({ example, step: 0 })),
      spread: (count, rows) => evenItems(count, rows, 1, 0),
      load: loadWindows(horizon),
      objective(source, batch, pass) {
        const { x0, steps } = windowOf(source, batch);
        const statics = staticsOf(source, batch);
        return () => fieldLoss(predict(x0, statics, pass), steps, settings.forecaster.loss, mask);
      },
    };
    return {
      method: 'dropout-at-once',
      networks: new Map([[MODEL, network]]),
      stages: [stage],
      calibration: null,
      validationSchedule: null,
      forecastSeconds: ([call = 0]) => call,
      async sample(request) {
        refuseSchedule(request, title);
        refuseRealLeads(request, title);
        const pass = { dropout: true, training: false, random: request.random };
        return rollOut(request, horizon, async (block) => {
          const { initial, copies, statics, staticCopies, rows } = block;
          const steps = await block.batcher.run(rows, 1, (from, count) =>
            predict(
              pick(initial, from, count, copies),
              statics && pick(statics, from, count, staticCopies),
              pass,
            ),
          );
          try {
            block.progress(1);
            await giveLeads(block, steps, channels);
          } finally {
            steps.dispose();
          }
        });
      },
      dispose() {
        network.dispose();
        mask?.field.dispose();
      },
    };
  },
};
