/** What can be chosen about a mesh of springs, in the plane and in space; every value has the paper's as its default. */
import { z } from 'zod';

/** Adds one title, description and slider range to a number. */
function slider(
  schema: z.ZodNumber,
  initial: number,
  meta: { title: string; description: string; units: string; min: number; max: number; step: number },
) {
  return schema.default(initial).meta(meta);
}

const nodes = (title: string, initial: number, most = 64) =>
  slider(z.number().int().min(2).max(most), initial, {
    title,
    description: 'Number of nodes in this direction; undisturbed, they are one unit of length apart.',
    units: '1',
    min: 4,
    max: Math.min(32, most),
    step: 1,
  });

/** The physics and the output, the same in any number of dimensions. */
const common = {
  stiffness: slider(z.number().positive().max(100), 1, {
    title: 'Stiffness',
    description: 'Spring constant k: force by which a spring resists one unit of stretch.',
    units: '1',
    min: 0.1,
    max: 5,
    step: 0.1,
  }),
  mass: slider(z.number().min(0.01).max(100), 1, {
    title: 'Mass',
    description: 'Mass of every node.',
    units: '1',
    min: 0.1,
    max: 5,
    step: 0.1,
  }),
  damping: slider(z.number().min(0).max(10), 0.1, {
    title: 'Damping',
    description: 'Drag on every free node: force per velocity.',
    units: '1',
    min: 0,
    max: 1,
    step: 0.01,
  }),
  minDisplacement: slider(z.number().min(0).max(5), 0, {
    title: 'Least displacement',
    description: 'Inner radius of the ring out of which the first displacement of each free node is drawn.',
    units: '1',
    min: 0,
    max: 0.5,
    step: 0.01,
  }),
  maxDisplacement: slider(z.number().min(0).max(5), 0.35, {
    title: 'Largest displacement',
    description: 'Outer radius of that ring; 0 leaves all nodes that are not pulled at rest.',
    units: '1',
    min: 0,
    max: 0.5,
    step: 0.01,
  }),
  frames: slider(z.number().int().min(2).max(100_000), 805, {
    title: 'Output frames',
    description: 'Number of frames of each trajectory, the initial condition among them.',
    units: '1',
    min: 100,
    max: 2000,
    step: 1,
  }),
  interval: slider(z.number().positive().max(1), 0.00781, {
    title: 'Output interval',
    description: 'Time between two output frames.',
    units: '1',
    min: 0.00781,
    max: 0.25,
    step: 0.00001,
  }),
  substeps: z.number().int().min(0).max(1000).default(0).meta({
    title: 'Steps between frames',
    description: 'Runge–Kutta steps in each output interval; 0 chooses them from stiffness and mass.',
    units: '1',
  }),
};

export const springMeshSettingsSchema = z
  .object({
    columns: nodes('Columns', 10),
    rows: nodes('Rows', 10),
    ...common,
    displacements: z
      .array(
        z.object({
          /** Column i and row j. */
          node: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
          dx: z.number().min(-20).max(20),
          dy: z.number().min(-20).max(20),
        }),
      )
      .default([])
      .meta({
        title: 'Pulled nodes',
        description:
          'Nodes (column, row) that start at a given displacement from rest instead of a drawn one.',
      }),
  })
  .meta({ title: 'Spring mesh', description: 'Nodes and springs in the plane, held at the top row.' });

export const springMesh3dSettingsSchema = z
  .object({
    shape: z.enum(['cloth', 'lattice']).default('cloth').meta({
      title: 'Shape',
      description:
        'A cloth hangs from its top row and moves in all three directions; a lattice from its top layer.',
    }),
    columns: nodes('Columns', 12),
    rows: nodes('Rows', 12),
    layers: nodes('Layers', 4, 32).meta({
      title: 'Layers',
      description: 'Number of layers of a lattice; a cloth has one.',
      units: '1',
      min: 2,
      max: 12,
      step: 1,
    }),
    gravity: slider(z.number().min(-10).max(10), 0, {
      title: 'Gravity',
      description:
        'Acceleration away from the held row or layer: along −y for a cloth, along −z for a lattice.',
      units: '1',
      min: 0,
      max: 0.2,
      step: 0.005,
    }),
    ...common,
    displacements: z
      .array(
        z.object({
          /** Column i and row j, and for a lattice the layer. */
          node: z
            .tuple([z.number().int().min(0), z.number().int().min(0)])
            .or(z.tuple([z.number().int().min(0), z.number().int().min(0), z.number().int().min(0)])),
          dx: z.number().min(-20).max(20),
          dy: z.number().min(-20).max(20),
          dz: z.number().min(-20).max(20).default(0),
        }),
      )
      .default([])
      .meta({
        title: 'Pulled nodes',
        description:
          'Nodes (column, row, layer) that start at a given displacement from rest instead of a drawn one.',
      }),
  })
  .meta({ title: 'Spring mesh in 3D', description: 'A cloth or a lattice of nodes and springs, in space.' });

export type SpringMeshSettings = z.infer<typeof springMeshSettingsSchema>;
export type SpringMesh3dSettings = z.infer<typeof springMesh3dSettingsSchema>;
