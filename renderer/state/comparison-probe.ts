/** The place at which a forecast is probed: where to begin, and what the members say there. */
import type { Probe } from '#shared/domain/forecast.ts';
import type { Field } from '../contract/fields.ts';
import type { Cell } from '../scenes/map-geometry.ts';
import type { App } from './app.svelte.ts';
import { boxBetween } from './region.ts';

/** Members and truth at a cell over all leads; null after a failure, which was shown. */
export function probeOf(
  app: App,
  forecast: string,
  { channel, start, cell }: { channel: number; start: number; cell: Cell },
): Promise<Probe | null> {
  return app.attempt(app.client.forecasts.probe({ forecast, channel, start, box: boxBetween(cell, cell) }));
}

/** The observed cell nearest to the middle; null where all are missing. */
export function middleCell(field: Field): Cell | null {
  const middle = { row: field.height / 2 - 0.5, column: field.width / 2 - 0.5 };
  let nearest: Cell | null = null;
  let distance = Number.POSITIVE_INFINITY;
  for (let at = 0; at < field.data.length; at += 1) {
    if (Number.isNaN(field.data[at] ?? Number.NaN)) continue;
    const cell = { row: Math.floor(at / field.width), column: at % field.width };
    const away = Math.hypot(cell.row - middle.row, cell.column - middle.column);
    if (away < distance) {
      distance = away;
      nearest = cell;
    }
  }
  return nearest;
}
