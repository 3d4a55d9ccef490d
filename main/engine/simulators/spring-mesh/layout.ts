/** What a mesh puts into a file: variables, axes, springs. */

import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import type { SimulatedAxis, SimulatedVariable, SimulationLayout, StaticField } from '../simulator.ts';

const letters = ['x', 'y', 'z'] as const;

function axisOf(name: 'x' | 'y' | 'z', size: number): SimulatedAxis {
  const what = { x: 'column', y: 'row', z: 'layer' }[name];
  return {
    name,
    values: Float64Array.from({ length: size }, (_, i) => i),
    attributes: {
      axis: name.toUpperCase(),
      ...(name === 'z' ? { positive: 'up' } : {}),
      units: '1',
      long_name: `${what} of the mesh, ${name} of its nodes at rest`,
    },
  };
}

/** In the order of the paper: momenta, then positions. */
export function variablesOf(dimensions: 2 | 3): SimulatedVariable[] {
  const components = letters.slice(0, dimensions);
  const make = (letter: string, what: string) =>
    components.map((c) => ({
      name: `${letter}${c}`,
      longName: `${c} component of the ${what} of a node`,
      standardName: '',
      units: '1',
    }));
  return [...make('p', 'momentum'), ...make('q', 'position')];
}

export function layoutOf(
  mesh: Mesh,
  dimensions: 2 | 3,
  { frames, interval }: { frames: number; interval: number },
  attributes: Readonly<Record<string, string | number>>,
): SimulationLayout {
  const space = [axisOf('y', mesh.rows), axisOf('x', mesh.columns)];
  if (mesh.layers > 1) space.unshift(axisOf('z', mesh.layers));
  const order = space.map(({ name }) => name).join(', ');
  const edges = { name: 'edge', size: mesh.restLengths.length };
  return {
    variables: variablesOf(dimensions),
    time: {
      name: 'time',
      values: Float64Array.from({ length: frames }, (_, i) => i * interval),
      attributes: { axis: 'T', units: '1', long_name: 'time since release' },
    },
    space,
    tables: [
      {
        name: 'edges',
        dims: [edges, { name: 'end', size: 2 }],
        attributes: {
          long_name: 'nodes joined by each spring',
          comment: `Row-major indices from 0 into the file's space dimensions [${order}].`,
        },
        values: mesh.edges,
      },
      {
        name: 'rest_length',
        dims: [edges],
        attributes: { long_name: 'length at which each spring rests', units: '1' },
        values: mesh.restLengths,
      },
      {
        name: 'vertices',
        dims: [
          { name: 'node', size: mesh.nodes },
          { name: 'component', size: dimensions },
        ],
        attributes: {
          long_name: `position (${letters.slice(0, dimensions).join(', ')}) of each node at rest`,
          units: '1',
          comment: `Nodes in row-major order of the file's space dimensions [${order}].`,
        },
        values: Float64Array.from({ length: mesh.nodes * dimensions }, (_, i) => {
          return mesh.rest[i % dimensions]![Math.floor(i / dimensions)]!;
        }),
      },
    ],
    masks: ['fixed_mask'],
    attributes,
  };
}

/** The mask that networks get as an input: 1 where a node is held. */
export function fixedMask(mesh: Mesh): StaticField {
  return {
    name: 'fixed_mask',
    attributes: { long_name: '1 where a node is held at its place', units: '1' },
    values: Float32Array.from(mesh.fixed),
  };
}
