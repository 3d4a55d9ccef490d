/** What units alone leave open. Source: CF conventions 1.11, section 3.1.2. */

/**
 * Says of a temperature that its values are on the scale and no differences, as its standard name means; nothing of
 * other quantities.
 */
export function onScale(standardName: string): { units_metadata?: string } {
  return /(^|_)temperature$/.test(standardName) ? { units_metadata: 'temperature: on_scale' } : {};
}
