/** What can be chosen about the simulated temperature of the sea surface. */
import { z } from 'zod';

const points = (title: string, description: string) =>
  z
    .number()
    .int()
    .min(16)
    .max(512)
    .multipleOf(2)
    .default(60)
    .meta({ title, description, units: '1', min: 32, max: 256, step: 2 });

export const surfaceOceanSettingsSchema = z
  .object({
    rows: points('Rows', 'Number of latitudes; even.'),
    columns: points('Columns', 'Number of longitudes; even.'),
    spacing: z.number().min(0.02).max(1).default(0.25).meta({
      title: 'Spacing',
      description: 'Distance of neighbouring latitudes, and of longitudes.',
      units: 'degrees',
      min: 0.1,
      max: 0.5,
      step: 0.05,
    }),
    refinement: z.number().int().min(1).max(4).default(1).meta({
      title: 'Refinement',
      description:
        'Points of the computation along each side of an output cell; the output is their mean. Time grows with its cube.',
      units: '1',
      min: 1,
      max: 3,
      step: 1,
    }),
    latitude: z.number().min(-75).max(75).default(38).meta({
      title: 'Latitude',
      description:
        'Latitude of the middle of the box; south of the equator the seasons are the other way round.',
      units: 'degrees_north',
      min: -60,
      max: 60,
      step: 1,
    }),
    longitude: z.number().min(-180).max(180).default(-45).meta({
      title: 'Longitude',
      description: 'Longitude of the middle of the box.',
      units: 'degrees_east',
      min: -180,
      max: 180,
      step: 1,
    }),
    startDate: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/)
      .default('2001-01-01')
      .meta({ title: 'First day', description: 'Date of the first field, year-month-day.' }),
    days: z.number().int().min(2).max(36_525).default(730).meta({
      title: 'Days',
      description: 'Number of daily fields.',
      units: 'days',
      min: 30,
      max: 3650,
      step: 1,
    }),
    spinUpDays: z.number().int().min(0).max(3650).default(120).meta({
      title: 'Spin-up',
      description: 'Days that are computed before the first field, until the eddies have developed.',
      units: 'days',
      min: 0,
      max: 365,
      step: 1,
    }),
    meanTemperature: z.number().min(-2).max(40).default(16).meta({
      title: 'Mean temperature',
      description: 'Temperature in the middle of the box, over the year.',
      units: 'degC',
      min: 0,
      max: 30,
      step: 0.5,
    }),
    gradient: z.number().min(-5).max(5).default(-0.5).meta({
      title: 'Mean gradient',
      description: 'Change of temperature with latitude, in the mean.',
      units: 'degC per degree of latitude',
      min: -1.5,
      max: 0,
      step: 0.05,
    }),
    seasonalAmplitude: z.number().min(0).max(20).default(4).meta({
      title: 'Seasonal amplitude',
      description: 'Half the difference between the warmest and the coldest time of the year.',
      units: 'degC',
      min: 0,
      max: 10,
      step: 0.1,
    }),
    relaxationDays: z.number().min(1).max(100_000).default(90).meta({
      title: 'Relaxation time',
      description: 'Time in which the air above takes away an anomaly, to a factor e.',
      units: 'days',
      min: 20,
      max: 365,
      step: 5,
    }),
    eddySpeed: z.number().min(0.001).max(3).default(0.2).meta({
      title: 'Eddy strength',
      description:
        'Root-mean-square speed of the flow; temperature anomalies grow with it, predictability shrinks.',
      units: 'm s-1',
      min: 0.05,
      max: 0.5,
      step: 0.01,
    }),
    eddyScale: z.number().min(20).max(5000).default(600).meta({
      title: 'Eddy scale',
      description: 'Wavelength around which eddies are stirred up.',
      units: 'km',
      min: 150,
      max: 800,
      step: 10,
    }),
    coast: z.enum(['none', 'west', 'east']).default('none').meta({
      title: 'Coast',
      description: 'Side of the box where there is land.',
    }),
  })
  .meta({
    title: 'Surface ocean',
    description: 'Temperature of the sea surface, stirred by eddies, over the seasons.',
  });

export type SurfaceOceanSettings = z.infer<typeof surfaceOceanSettingsSchema>;
