/** What a picture of a mesh shows, in words. */

import type { MeshState } from '../scenes/mesh-scene.ts';
import { distances, extremes, strains } from '../scenes/mesh-view.ts';
import type { MeshExtra } from '../state/mesh-extras.ts';
import type { MeshLook } from '../state/mesh-look.svelte.ts';
import { formatNumber } from './numbers.ts';

/** `height` as in `MeshLook`. "Truth, lead 3: mesh of 100 nodes and 342 springs, strain from −12 to 20 percent …" */
export function describeMesh(title: string, state: MeshState | null, height = 0): string {
  if (!state) return `${title}: loading`;
  const { mesh, positions, ghost, members, trail, spread } = state;
  const strain = strains(mesh, positions);
  const { min, max } = extremes(strain);
  const percent = (value: number) => formatNumber(100 * value, 0);
  const parts = [
    `${title}: mesh of ${mesh.nodes} nodes and ${strain.length} springs, strain from ${percent(min)} to ${percent(max)} percent`,
    ...(ghost
      ? [
          `${formatNumber(extremes(distances(positions, ghost)).max, 2)} at most from the truth, drawn faintly`,
        ]
      : []),
    ...(members.length > 0 ? [`the nodes of ${members.length} members drawn as dots`] : []),
    ...(spread
      ? [
          `standard deviations of the members, ${formatNumber(extremes(spread.deviations.flatMap((values) => Array.from(values))).max, 3)} at most, drawn ${spread.factor === 1 ? '' : `${spread.factor} times as large `}as ellipsoids around the nodes`,
        ]
      : []),
    ...(height > 0
      ? [
          `displacements from rest, ${formatNumber(extremes(distances(positions, mesh.rest)).max, 2)} at most, drawn ${height === 1 ? '' : `${height} times as large `}as heights`,
        ]
      : []),
    ...(trail.length > 0
      ? [`the ways of the nodes through ${trail.length} states before drawn as lines`]
      : []),
  ];
  return `${parts.join('; ')}.`;
}

/** Of the buttons that turn on what is shown besides a mesh. */
export const extraNames: Readonly<Record<MeshExtra, { label: string; title: string }>> = {
  trails: { label: 'Trails', title: 'The ways of the nodes up to this time, as lines that fade' },
  height: {
    label: 'Height',
    title:
      'How far each node is from rest as its height over the plane, larger by the factor that is said; drag to turn the mesh',
  },
  spread: {
    label: 'Spread',
    title:
      'Around the ensemble mean: one standard deviation of the members along each axis as an ellipsoid, in place of their nodes; small ones are drawn larger by the factor that is said',
  },
};

/** What a colour bar beside a mesh says. */
export function strainScale({ table, limit }: MeshLook) {
  return { table, min: -100 * limit, max: 100 * limit, quantity: 'Strain of springs', units: '%' };
}
