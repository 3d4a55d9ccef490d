/** Compare's panes as a figure, with a caption that says how the forecast was made. */
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Run } from '#shared/domain/run.ts';
import type { Figure } from '../../export/figure.ts';
import type { Comparison } from '../../state/comparison.svelte.ts';
import { strainScale } from '../../text/meshes.ts';
import { type PaneContext, paneNote, paneQuantity, paneTitle } from '../../text/panes.ts';
import { scheduleLabel } from '../../text/schedules.ts';

export interface FigureContext extends PaneContext {
  dataset: Dataset | null;
  run: Run | null;
  /** Of Driftcast. */
  version: string;
  columns: number;
}

/** @param elements the panes on the page, in their order @param only one of them alone */
export function compareFigure(
  comparison: Comparison,
  context: FigureContext,
  elements: readonly Element[],
  only?: number,
): Figure {
  const { forecast, quantity, units } = comparison;
  const { dataset, run } = context;
  const panes = comparison.slots.flatMap(({ pane }, at) => {
    const element = elements[at];
    if (!element || (only !== undefined && at !== only)) return [];
    const mesh = comparison.meshIn(pane);
    return {
      title: paneTitle(pane),
      note: paneNote(pane, context),
      element,
      ...(mesh
        ? { ...strainScale(mesh.look), signed: true }
        : {
            ...comparison.scale(pane),
            quantity: paneQuantity(pane, comparison.quantityIn(pane), units),
            units: comparison.unitsOf(pane),
          }),
    };
  });
  const source = dataset?.sources.map(({ name }) => name).join(', ') ?? '';
  const made = [
    `${forecast.method}${run ? ` “${run.name}”` : ''}`,
    `${forecast.members} members`,
    `schedule: ${scheduleLabel(forecast.schedule)}`,
    `seed ${forecast.seed}`,
  ];
  return {
    title: dataset ? `${quantity} · ${dataset.name}` : quantity,
    subtitle: `Forecast from ${context.start}, valid ${context.valid}, lead ${context.lead}`,
    caption: [
      `Ensemble forecast by ${made.join(', ')}.${context.other ? ` Beside it: ${context.other}.` : ''}`,
      `Data: ${[source, `fingerprint ${forecast.datasetFingerprint.slice(0, 12)}`].filter(Boolean).join(', ')}. Made with Driftcast ${context.version}.`,
    ],
    columns: context.columns,
    panes,
  };
}
