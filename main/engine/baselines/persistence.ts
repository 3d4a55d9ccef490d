/** Nothing changes: the simplest forecast, hard to beat at short leads. */
import { throwIfCancelled } from '#shared/cancellation.ts';
import { type BaselineData, ensembleOf, type ForecastMethod } from './baseline.ts';

export function persistence(data: BaselineData): ForecastMethod {
  return {
    name: 'persistence',
    title: 'Persistence',
    async forecast({ start, leads, signal }, onLead) {
      const initial = await data.frame(start);
      for (const lead of leads) {
        throwIfCancelled(signal);
        await onLead(ensembleOf(lead, [initial]));
      }
    },
  };
}
