/** `driftcast inspect FILE…`: what files hold and what could be forecast. */
import type { FileSummary, VariableSummary } from '#shared/domain/file.ts';
import { openFiles } from '../opening.ts';
import { bytes, date, number, percent } from '../print/format.ts';
import { table } from '../print/table.ts';
import { addVerb, type Common, type Verbs, withService } from '../verb.ts';

export function registerInspect(verbs: Verbs): void {
  addVerb(
    verbs.program,
    'inspect',
    'Show the variables of a data file, or of several as one series, with statistics',
  )
    .argument(
      '<files...>',
      'a NetCDF file; several, a folder or a pattern ("sst.*.nc") are opened as one series',
    )
    .action((files: string[], options: Common) =>
      withService(verbs, options, async (session) => {
        const paths = files.map((file) => session.path(file));
        const { summary } = await openFiles(session, paths, true);
        session.output.answer(summary, () => describe(summary));
        return undefined;
      }),
    );
}

function describe(summary: FileSummary): string {
  const title = summary.title === '' ? '' : `  ${summary.title}`;
  const lines = [`${summary.name}  ${summary.format}, ${bytes(summary.bytes)}${title}`];
  if (summary.joined) lines.push(summary.joined.words);
  lines.push('');
  lines.push(
    table(summary.variables, [
      { title: 'variable', value: (row) => row.name },
      { title: 'dimensions', value: (row) => row.dims.map((dim, i) => `${dim} ${row.shape[i]}`).join(' × ') },
      { title: 'units', value: (row) => row.units || '–' },
      { title: 'min', value: (row) => number(row.min), right: true },
      { title: 'mean', value: (row) => number(row.mean), right: true },
      { title: 'max', value: (row) => number(row.max), right: true },
      { title: 'missing', value: (row) => percent(row.missingFraction), right: true },
      { title: 'times', value: times },
      { title: 'forecastable', value: forecastable },
    ]),
  );
  const irregular = summary.variables.filter(
    (variable) => variable.forecastable && variable.times?.irregular,
  );
  for (const problem of new Set(irregular.map((variable) => variable.times?.irregular?.problem)))
    lines.push('', `Note: The times are irregular. ${problem} prepare --irregular says what to do about it.`);
  for (const warning of summary.warnings) lines.push('', `Note: ${warning}`);
  return lines.join('\n');
}

function forecastable({ forecastable: isForecastable, reason, times }: VariableSummary): string {
  if (!isForecastable) return `no: ${reason ?? ''}`;
  return times?.irregular ? 'yes, made regular' : 'yes';
}

function times(variable: VariableSummary): string {
  if (!variable.times) return '–';
  const { first, last, count, step } = variable.times;
  const trajectories = variable.axes.find((axis) => axis.role === 'trajectory');
  const several = trajectories ? `${trajectories.size} trajectories, each ` : '';
  return `${several}${date(first)} to ${date(last)}, ${count} × ${step} (${variable.calendar ?? 'no calendar'})`;
}
