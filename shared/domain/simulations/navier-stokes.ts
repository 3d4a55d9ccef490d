/** What can be chosen about the flow around obstacles in a channel; every value has the paper's as its default. */
import { z } from 'zod';

/** Length along the flow (x) and height (y) of the channel in metres, and the distance of output points. */
export const channel = { length: 2.2, height: 0.41, spacing: 0.01 } as const;

/** Least distances in metres of drawn obstacles from both ends of the channel, its walls and each other. */
export const obstacleMargins = { ends: 0.25, walls: 0.05, others: 0.05 } as const;

/** Least distance in metres of placed obstacles from both ends; they may touch walls and each other. */
export const placedMargin = 0.05;

export const obstacleSchema = z.object({
  /** Centre and radius in metres; x from the inflow, y from the lower wall. */
  x: z.number().min(0).max(channel.length),
  y: z.number().min(0).max(channel.height),
  radius: z.number().min(0.01).max(0.2),
});

export const navierStokesSettingsSchema = z
  .object({
    obstacles: z.number().int().min(0).max(24).default(4).meta({
      title: 'Obstacles',
      description: 'Number of round obstacles that are drawn at random places.',
      units: '1',
      min: 0,
      max: 8,
      step: 1,
    }),
    minRadius: z.number().min(0.01).max(0.15).default(0.05).meta({
      title: 'Least radius',
      description: 'Obstacles are drawn with radii from this …',
      units: 'm',
      min: 0.02,
      max: 0.15,
      step: 0.005,
    }),
    maxRadius: z.number().min(0.01).max(0.15).default(0.1).meta({
      title: 'Largest radius',
      description: '… to this.',
      units: 'm',
      min: 0.02,
      max: 0.15,
      step: 0.005,
    }),
    placed: z.array(obstacleSchema).max(32).default([]).meta({
      title: 'Placed obstacles',
      description: 'Obstacles at given places; if there are any, none are drawn.',
      units: 'm',
    }),
    peakVelocity: z.number().min(0.01).max(3).default(1).meta({
      title: 'Inflow velocity',
      description: 'Velocity in the middle of the inflow once it runs in full.',
      units: 'm s-1',
      min: 0.1,
      max: 2,
      step: 0.05,
    }),
    rampRate: z.number().min(0.1).max(50).default(5).meta({
      title: 'Ramp',
      description: 'λ in 1 − exp(−λ t), by which the inflow is turned on.',
      units: 's-1',
      min: 0.5,
      max: 20,
      step: 0.5,
    }),
    viscosity: z.number().min(0.0002).max(0.02).default(0.001).meta({
      title: 'Viscosity',
      description: 'Kinematic viscosity; the smaller, the livelier.',
      units: 'm2 s-1',
      min: 0.0005,
      max: 0.005,
      step: 0.0001,
    }),
    frames: z.number().int().min(2).max(10_000).default(65).meta({
      title: 'Output frames',
      description: 'Number of frames of each trajectory, the fluid at rest among them.',
      units: '1',
      min: 10,
      max: 260,
      step: 1,
    }),
    interval: z.number().min(0.001).max(10).default(0.08).meta({
      title: 'Output interval',
      description: 'Time between two output frames.',
      units: 's',
      min: 0.01,
      max: 0.5,
      step: 0.01,
    }),
    refinement: z.number().int().min(1).max(4).default(2).meta({
      title: 'Refinement',
      description:
        'Cells of the computation along each side of an output cell. Time grows a little faster than its cube.',
      units: '1',
      min: 1,
      max: 3,
      step: 1,
    }),
  })
  .meta({
    title: 'Navier–Stokes flow',
    description: 'Incompressible flow around round obstacles in a channel.',
  });

export type Obstacle = z.infer<typeof obstacleSchema>;
export type NavierStokesSettings = z.infer<typeof navierStokesSettingsSchema>;
