/** The two stages of training (paper, section 3): the interpolator, then the forecaster with it frozen. */
import type { StageSettings, TrainSettings } from '#shared/domain/settings.ts';
import { evenItems, fieldsOf, type Item, loadFrames, staticsOf } from '../methods/frames.ts';
import type { Stage } from '../methods/method.ts';
import { diffuse, forecasterLoss, interpolatorLoss } from './losses.ts';
import type { DyffusionModel } from './model.ts';

export function interpolatorStage(model: DyffusionModel, settings: StageSettings): Stage {
  const last = model.schedule.horizon - 1;
  return {
    name: 'interpolator',
    settings,
    part: 'interpolator',
    network: model.interpolator.network,
    // It is judged by its loss, as published. The CRPS of its draws prefers the first epochs, whose wide spread
    // flatters single draws; sampling adds up many draws and comes out far too wide.
    scoredBy: 'loss',
    continues: false,
    stochastic: true,
    draw: (examples, random) => examples.map((example) => ({ example, step: 1 + random.integer(last) })),
    spread: (count, rows) => evenItems(count, rows, last, 1),
    load: (source, items) => loadFrames(source, items, [() => 0, () => source.horizon, ({ step }) => step]),
    objective(source, batch, pass) {
      const [start, end, between] = batch.frames;
      const examples = {
        x0: fieldsOf(source, start!),
        xh: fieldsOf(source, end!),
        xi: fieldsOf(source, between!),
        times: batch.items.map((item) => item.step),
        statics: staticsOf(source, batch),
      };
      return () => interpolatorLoss(model.interpolator, examples, settings.loss, pass);
    },
  };
}

export function forecasterStage(
  model: DyffusionModel,
  settings: StageSettings,
  diffusion: TrainSettings['diffusion'],
): Stage {
  const { steps } = model.schedule;
  const ascending = (items: Item[]) => items.sort((a, b) => a.step - b.step);
  return {
    name: 'forecaster',
    settings,
    part: 'forecaster',
    network: model.forecaster.network,
    scoredBy: 'forecast',
    continues: false,
    stochastic: false,
    // The loss wants its examples ordered by diffusion step (see ForecasterExamples).
    draw: (examples, random) =>
      ascending(examples.map((example) => ({ example, step: random.integer(steps) }))),
    spread: (count, rows) => ascending(evenItems(count, rows, steps, 0)),
    load: (source, items) => loadFrames(source, items, [() => 0, () => source.horizon]),
    objective(source, batch, pass) {
      const [start, end] = batch.frames;
      const examples = {
        x0: fieldsOf(source, start!),
        xh: fieldsOf(source, end!),
        steps: batch.items.map((item) => item.step),
        statics: staticsOf(source, batch),
      };
      const noisy = diffuse(model, examples, pass.random);
      const options = { ...diffusion, loss: settings.loss };
      return () => forecasterLoss(model, examples, noisy, options, pass).total;
    },
  };
}
