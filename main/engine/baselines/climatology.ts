/** The same season in each training year as an ensemble: knows nothing of the initial condition, but is well calibrated. */
import { throwIfCancelled } from '#shared/cancellation.ts';
import { type BaselineData, ensembleOf, type ForecastMethod } from './baseline.ts';

export function climatology(data: BaselineData): ForecastMethod {
  return {
    name: 'climatology',
    title: 'Climatology (training years as ensemble)',
    async forecast({ start, leads, signal }, onLead) {
      for (const lead of leads) {
        throwIfCancelled(signal);
        await onLead(ensembleOf(lead, data.trainingEnsemble(start + lead)));
      }
    },
  };
}
