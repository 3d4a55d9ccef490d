/** The departure from the season's mean stays, the season goes on: what persistence means for seasonal data. */
import { throwIfCancelled } from '#shared/cancellation.ts';
import { type BaselineData, ensembleOf, type ForecastMethod } from './baseline.ts';

export function anomalyPersistence(data: BaselineData): ForecastMethod {
  return {
    name: 'anomaly-persistence',
    title: 'Persistence of the anomaly',
    async forecast({ start, leads, signal }, onLead) {
      const initial = await data.frame(start);
      const usual = data.seasonalMean(start);
      for (const lead of leads) {
        throwIfCancelled(signal);
        const then = data.seasonalMean(start + lead);
        await onLead(ensembleOf(lead, [initial.map((value, i) => value - usual[i]! + then[i]!)]));
      }
    },
  };
}
