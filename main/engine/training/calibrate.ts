/** Tunes the one number that some methods leave open until their network is trained, such as the size of a perturbation. */
import type { Calibration } from '../methods/method.ts';
import { forecastScore, type ValidationContext } from './validation.ts';

/**
 * Sets the candidate with the lowest fair CRPS of validation forecasts, the first of equals.
 * @returns that CRPS, normalised units
 */
export async function calibrate(calibration: Calibration, context: ValidationContext): Promise<number> {
  const before = calibration.value;
  let best = { value: before, score: Number.POSITIVE_INFINITY };
  try {
    for (const value of calibration.candidates) {
      calibration.value = value;
      const score = await forecastScore(context);
      if (score < best.score) best = { value, score };
    }
  } catch (thrown) {
    calibration.value = before;
    throw thrown;
  }
  calibration.value = best.value;
  return best.score;
}
