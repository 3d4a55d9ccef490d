/** Scores of all methods on all data sets as one table in Markdown, the form that a README shows. */

/** What `driftcast compare --json` says of a method, and the data it was scored on. */
export interface Row {
  set: string;
  units: string;
  method: string;
  title: string;
  members: number;
  starts: number;
  fairCrps: number;
  correctedSsr: number | null;
  mse: number;
  /** Of one ensemble forecast; null for methods without networks. */
  seconds: number | null;
  networkCalls: number | null;
  trainingSeconds: number | null;
}

const three = (value: number | null) => (value === null ? '–' : String(Number(value.toPrecision(3))));

/** One block of lines a data set, the best fair CRPS of each in bold. */
export function skillTable(rows: readonly Row[]): string {
  const head = [
    '| data | method | fair CRPS | corrected SSR | MSE | training, s | one forecast, s | network calls |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  const lines = rows.map((row) => {
    const best = Math.min(...rows.filter(({ set }) => set === row.set).map(({ fairCrps }) => fairCrps));
    const crps = row.fairCrps === best ? `**${three(row.fairCrps)}**` : three(row.fairCrps);
    const cells = [
      `${row.set}${row.units === '' || row.units === '1' ? '' : ` (${row.units})`}`,
      row.title,
      crps,
      three(row.correctedSsr),
      three(row.mse),
      row.trainingSeconds === null ? '–' : String(Math.round(row.trainingSeconds)),
      row.seconds === null ? '–' : row.seconds < 0.01 ? '< 0.01' : row.seconds.toFixed(2),
      row.networkCalls ? String(row.networkCalls) : '–',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return `${[...head, ...lines].join('\n')}\n`;
}
