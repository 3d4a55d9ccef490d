/** The channels of a forecast, each with its own scale and with what its dataset knows of it. */
import type { FlowQuantity } from '#shared/contract/fields.ts';
import type { Channel } from '#shared/domain/dataset.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import { flowChannels } from '#shared/flow.ts';

export type ForecastChannel = Channel & {
  /** Null for what follows from the velocity: it is measured when someone looks. */
  readonly valueRange: Forecast['valueRange'] | null;
  readonly flow: FlowQuantity | null;
};

/** One alone in forecasts that know of no other; what follows from a velocity comes last. @param known of the dataset */
export function channelsOf(forecast: Forecast, known: readonly Channel[]): ForecastChannel[] {
  const own = (forecast.channels ?? [{ ...forecast, name: forecast.variable, longName: '' }]).map(
    ({ name, longName, units, valueRange }) => {
      const channel = known.find((other) => other.name === name);
      return {
        name,
        longName: channel?.longName || longName,
        standardName: channel?.standardName ?? '',
        units,
        valueRange,
        flow: null,
      };
    },
  );
  return [
    ...own,
    ...flowChannels(own).map((channel) => ({ ...channel, valueRange: null, flow: channel.quantity })),
  ];
}
