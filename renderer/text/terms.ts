/** Words of the window whose entry in the glossary opens in place, by the anchor of the entry. */
export const terms = [
  'climatology',
  'crps',
  'ensemble-member',
  'fan-chart',
  'horizon',
  'initial-condition',
  'lead-time',
  'loss',
  'normalisation',
  'persistence',
  'power-spectrum',
  'rank-histogram',
  'reliability-of-intervals',
  'rmse',
  'sampling-schedule',
  'speed-and-skill',
  'split',
  'spreadskill-ratio',
  'validation-crps',
  'vorticity',
] as const;
export type TermName = (typeof terms)[number];
