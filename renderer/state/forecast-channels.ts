/** The channels of a forecast, each with its own scale and with what its dataset knows of it. */
import type { Channel } from '#shared/domain/dataset.ts';
import type { Forecast } from '#shared/domain/forecast.ts';

export type ForecastChannel = Channel & { readonly valueRange: Forecast['valueRange'] };

/** One alone in forecasts that know of no other. @param known of the dataset */
export function channelsOf(forecast: Forecast, known: readonly Channel[]): ForecastChannel[] {
  return (forecast.channels ?? [{ ...forecast, name: forecast.variable, longName: '' }]).map(
    ({ name, longName, units, valueRange }) => {
      const channel = known.find((other) => other.name === name);
      return {
        name,
        longName: channel?.longName || longName,
        standardName: channel?.standardName ?? '',
        units,
        valueRange,
      };
    },
  );
}
