/** What carries particles in a pane of Compare: the velocity of the truth, of the ensemble's mean or of a member. */
import { velocityIn } from '#shared/flow.ts';
import type { Comparison } from './comparison.svelte.ts';
import type { Velocity } from './drift.svelte.ts';
import { type Pane, quantityOf } from './panes.ts';

/** Null for panes that show no flow of their own: spread, error, quantiles, another forecast. */
export function velocityOf(comparison: Comparison, pane: Pane): Velocity | null {
  const { channels, channel, forecast, startIndex: start, player } = comparison;
  if (channel.flow === null || !(pane.kind === 'truth' || pane.kind === 'mean' || pane.kind === 'member'))
    return null;
  const pair = velocityIn(channels.filter(({ flow }) => flow === null));
  const quantity = quantityOf(pane);
  if (!pair || quantity === null) return null;
  const at = (component: (typeof channels)[number]) =>
    ({
      kind: 'forecast',
      forecast: forecast.id,
      quantity,
      channel: channels.indexOf(component),
      start,
      lead: player.index,
    }) as const;
  const extremes = [pair.u, pair.v].flatMap(({ valueRange }) =>
    valueRange ? [Math.abs(valueRange.min), Math.abs(valueRange.max)] : [],
  );
  const fastest = Math.max(0, ...extremes);
  return { u: at(pair.u), v: at(pair.v), fastest: fastest > 0 ? fastest : null, signs: [1, 1] };
}
