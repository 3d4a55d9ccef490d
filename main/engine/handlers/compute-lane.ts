/** Everything that the compute lane can do, by call; loading it loads the backend. */
import type { Handlers } from '../host/engine-main.ts';
import { evaluateRun } from './evaluation.ts';
import { exampleForecast } from './example.ts';
import { forecast } from './forecasting.ts';
import { describe, describeMachine } from './machine.ts';
import { reference } from './reference.ts';
import { tradeoff } from './tradeoff.ts';
import { estimate, train } from './training.ts';
import { exportWeights, importWeights } from './weights.ts';

export async function computeLane(): Promise<Handlers<'compute'>> {
  await describeMachine();
  return {
    describe,
    estimate,
    train,
    forecast,
    evaluateRun,
    exampleForecast,
    tradeoff,
    reference,
    exportWeights,
    importWeights,
  };
}
