/** One forecast of a run as maps, for a report: truth, ensemble mean, spread and error at a few leads. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import type { Handler } from '../host/engine-main.ts';
import type { ExampleMaps } from '../protocol.ts';
import { stepEmitter } from './files.ts';
import { TrainedModel } from './model.ts';
import { chooseStarts, openScored } from './scored-data.ts';

/** Of many leads the first, the middle and the last say enough. */
export function exampleLeads(horizon: number): number[] {
  return [...new Set([1, Math.ceil(horizon / 2), horizon])];
}

export const exampleForecast: Handler<'exampleForecast'> = async (input, { signal, emit }) => {
  const { members, schedule, seed, horizon } = input;
  const dataset = await openScored(input);
  const starts = chooseStarts(dataset, input.split, horizon, input.starts, seed);
  const start = starts[Math.floor(starts.length / 2)]!;
  const wanted = exampleLeads(horizon);
  const maps: ExampleMaps['leads'] = [];
  const model = await TrainedModel.open(input.runFolder, dataset);
  try {
    const onProgress = stepEmitter(emit, `Maps of a forecast from ${dataset.label(start)}`);
    await model.forecast(
      { start, members, horizon, leadTimes: [], schedule, seed, signal, onProgress },
      async ({ lead, values }) => {
        if (!wanted.includes(lead)) return;
        const time = dataset.after(start, lead);
        const truth = firstChannel(await dataset.frame(time), dataset);
        maps.push({ lead, date: dataset.label(time), truth, ...momentsOf(values, members, dataset) });
      },
    );
  } finally {
    model.dispose();
  }
  const { name, longName, units } = dataset.channels[0]!;
  const { height, width } = dataset;
  return {
    channel: longName || name,
    units,
    date: dataset.label(start),
    height,
    width,
    northFirst: !ascends(dataset.space.rows.values ?? dataset.dataset.summary.latitudes),
    leads: maps.sort((a, b) => a.lead - b.lead),
  };
};

/** Maps have north, or up, on top; rows without coordinates are drawn as the file counts them. */
function ascends(rows: readonly number[] | null): boolean {
  return rows !== null && (rows.at(-1) ?? 0) > (rows[0] ?? 0);
}

function firstChannel(field: Float32Array, { channels }: PreparedDataset): Float32Array {
  return field.filter((_, i) => i % channels.length === 0);
}

/** Mean and population standard deviation over members [members, height, width, channel], of the first channel. */
function momentsOf(values: Float32Array, members: number, dataset: PreparedDataset) {
  const channels = dataset.channels.length;
  const cells = dataset.height * dataset.width;
  const mean = new Float32Array(cells);
  const spread = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const member = (m: number) => values[(m * cells + cell) * channels]!;
    let sum = 0;
    for (let m = 0; m < members; m++) sum += member(m);
    mean[cell] = sum / members;
    let squares = 0;
    for (let m = 0; m < members; m++) squares += (member(m) - mean[cell]!) ** 2;
    spread[cell] = Math.sqrt(squares / members);
  }
  return { mean, spread };
}
