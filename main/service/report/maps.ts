/** One forecast of each run as maps: truth, ensemble mean, spread and error. */
import type { ExampleMaps } from '#main/engine/protocol.ts';
import { formatUnits } from '#shared/units.ts';
import type { ColourTable } from './colours.ts';
import { html, type Markup } from './html.ts';
import { colourBar, mapPicture, scaleOver } from './map.ts';
import { day, figure } from './numbers.ts';

export interface MapTables {
  field: ColourTable;
  /** Whether the field's table has its middle at zero. */
  signed: boolean;
  spread: ColourTable;
  error: ColourTable;
}

export interface TitledMaps {
  title: string;
  maps: ExampleMaps;
}

/** Colours mean the same in all maps of a kind, over all runs and leads, so that they can be compared. */
export function mapFigures(runs: readonly TitledMaps[], tables: MapTables, step: string): Markup {
  const errorOf = (lead: ExampleMaps['leads'][number]) => lead.mean.map((value, i) => value - lead.truth[i]!);
  const all = runs.flatMap(({ maps }) => maps.leads);
  const scales = {
    field: scaleOver(
      all.flatMap(({ truth, mean }) => [truth, mean]),
      tables.field,
      tables.signed ? 'signed' : 'range',
    ),
    spread: scaleOver(
      all.map(({ spread }) => spread),
      tables.spread,
      'zero',
    ),
    error: scaleOver(all.map(errorOf), tables.error, 'signed'),
  };
  return html`${runs.map(({ title, maps }) => {
    const units = formatUnits(maps.units);
    const name = (what: string) => (units === '' ? what : `${what}, ${units}`);
    const rows = [...new Set(maps.leads)];
    return html`<figure class="chart" style="margin-top: 16px">
<h3>${title}, from ${day(maps.date)}</h3>
<div class="maps">
<span class="corner"></span><span class="head">Truth</span><span class="head">Ensemble mean</span><span class="head">Ensemble spread</span><span class="head">Error (mean − truth)</span>
${rows.map((lead) => {
  const error = errorOf(lead);
  const shown = [
    { what: 'Truth', field: lead.truth, scale: scales.field },
    { what: 'Ensemble mean', field: lead.mean, scale: scales.field },
    { what: 'Ensemble spread', field: lead.spread, scale: scales.spread },
    { what: 'Error', field: error, scale: scales.error },
  ];
  return html`<span class="lead-name">lead ${lead.lead}${step !== '' && ` × ${step}`}<br>${day(lead.date)}</span>${shown.map(
    ({ what, field, scale }) =>
      html`<img src="${mapPicture(field, maps, scale)}" alt="${what} at lead ${lead.lead}: ${summary(field)} ${units}" title="${what}: ${summary(field)} ${units}">`,
  )}`;
})}
<span class="corner"></span>${colourBar(scales.field, name(maps.channel))}${colourBar(scales.field, name(maps.channel))}${colourBar(scales.spread, name('standard deviation'))}${colourBar(scales.error, name('mean − truth'))}
</div>
<figcaption>${maps.height} × ${maps.width} cells. Colours mean the same for all runs and leads; hatched cells are missing.</figcaption>
</figure>`;
  })}`;
}

function summary(field: Float32Array): string {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of field) {
    if (Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
  }
  return count === 0 ? 'all missing' : `${figure(min)} to ${figure(max)}, mean ${figure(sum / count)}`;
}
