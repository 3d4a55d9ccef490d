/** Daily temperature of the sea surface, as a simulator: settings in, frames out. */

import {
  firstDayOfYear,
  latitudes,
  longitudes,
  meanTemperature,
  metresPerDegree,
} from '#shared/domain/simulations/climate.ts';
import type { SurfaceOceanSettings } from '#shared/domain/simulations/surface-ocean.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import { Pace } from '../pace.ts';
import type { SimulationLayout, SimulationTask, Simulator } from '../simulator.ts';
import { makeCoast } from './coast.ts';
import { Eddies, secondsPerDay } from './eddies.ts';

/**
 * c = gα/N in m s⁻¹ K⁻¹, what turns anomalies into velocity: gravity 9.81 m s⁻², thermal expansion 2·10⁻⁴ K⁻¹ and the
 * buoyancy frequency of the upper ocean, 10⁻² s⁻¹.
 */
const coupling = (9.81 * 2e-4) / 1e-2;

/** Streams of random numbers of a trajectory, beside its seed and number. */
const streams = { eddies: 1, coast: 2 };

/** Points of the computation along a side, for which one step takes a fraction of a second. */
const mostPoints = 768;

/** @throws DriftcastError `bad-input` */
function check(settings: SurfaceOceanSettings): void {
  firstDayOfYear(settings);
  const points = Math.max(settings.rows, settings.columns) * settings.refinement;
  if (points > mostPoints) {
    throw new DriftcastError(
      'bad-input',
      `The computation would need ${points} points along one side; ${mostPoints} is the most.`,
      'Choose a smaller refinement, or fewer rows and columns.',
    );
  }
}

function layout(settings: SurfaceOceanSettings): SimulationLayout {
  check(settings);
  return {
    variables: [
      {
        name: 'sst',
        longName: 'simulated temperature of the sea surface',
        standardName: 'sea_surface_temperature',
        units: 'degC',
      },
    ],
    time: {
      name: 'time',
      values: Float64Array.from({ length: settings.days }, (_, day) => day),
      attributes: {
        axis: 'T',
        standard_name: 'time',
        long_name: 'time',
        units: `days since ${settings.startDate} 00:00:00`,
        calendar: 'standard',
        units_metadata: 'leap_seconds: none',
      },
    },
    space: [
      {
        name: 'lat',
        values: latitudes(settings),
        attributes: {
          axis: 'Y',
          standard_name: 'latitude',
          long_name: 'latitude',
          units: 'degrees_north',
        },
      },
      {
        name: 'lon',
        values: longitudes(settings),
        attributes: {
          axis: 'X',
          standard_name: 'longitude',
          long_name: 'longitude',
          units: 'degrees_east',
        },
      },
    ],
    tables: [],
    masks: [],
    attributes: {
      title: 'Simulated temperature of the sea surface',
      references:
        'Held, Pierrehumbert, Garner and Swanson 1995, Surface quasi-geostrophic dynamics, J. Fluid Mech. 282',
      comment:
        'Surface quasi-geostrophic turbulence on a doubly periodic plane, with a mean gradient, relaxation and random heat fluxes, added to a mean seasonal cycle. Land is made up and is no wall to the flow.',
      driftcast_system: 'sst',
    },
  };
}

/** The anomalies of the box, on the points of the computation. */
function eddiesOf(settings: SurfaceOceanSettings, seaShare: number, random: Random): Eddies {
  const { rows, columns, refinement, spacing, latitude, gradient } = settings;
  const metres = spacing * metresPerDegree;
  return new Eddies(
    {
      rows: rows * refinement,
      columns: columns * refinement,
      height: rows * metres,
      width: columns * metres * Math.cos((latitude * Math.PI) / 180),
    },
    {
      coupling,
      gradient: gradient / metresPerDegree,
      relaxation: settings.relaxationDays * secondsPerDay,
      // The calm part on land counts in the mean over the box, but not for the person who asks for a speed.
      speed: settings.eddySpeed * Math.sqrt(seaShare),
      wavelength: settings.eddyScale * 1000,
    },
    random,
  );
}

/** Means over the points of each output cell, [rows · columns]. */
function coarsen(field: ArrayLike<number>, columns: number, refinement: number, into: Float64Array): void {
  const wide = columns * refinement;
  const factor = 1 / (refinement * refinement);
  for (let n = 0; n < into.length; n++) {
    const corner = Math.floor(n / columns) * refinement * wide + (n % columns) * refinement;
    let sum = 0;
    for (let y = 0; y < refinement; y++) {
      for (let x = 0; x < refinement; x++) sum += field[corner + y * wide + x]!;
    }
    into[n] = sum * factor;
  }
}

async function simulate(settings: SurfaceOceanSettings, task: SimulationTask): Promise<void> {
  check(settings);
  const { rows, columns, refinement, spinUpDays, days } = settings;
  const { seed, trajectory } = task;
  const pace = new Pace(task.signal);
  const coast =
    settings.coast === 'none'
      ? null
      : makeCoast(
          settings.coast,
          rows * refinement,
          columns * refinement,
          new Random(seed, trajectory, streams.coast),
        );
  const cells = new Float64Array(rows * columns);
  const land = new Uint8Array(rows * columns);
  if (coast) {
    coarsen(coast.land, columns, refinement, cells);
    land.set(cells.map((share) => Number(share >= 0.5)));
    await task.onStatics?.([
      {
        name: 'land_mask',
        attributes: { standard_name: 'land_binary_mask', long_name: '1 on land', units: '1' },
        values: Float32Array.from(land),
      },
    ]);
  }
  const seaShare = 1 - land.reduce((sum, one) => sum + one, 0) / land.length;
  const eddies = eddiesOf(settings, seaShare, new Random(seed, trajectory, streams.eddies));
  const calm = coast
    ? (field: Float64Array) => {
        for (let n = 0; n < field.length; n++) field[n]! *= coast.kept[n]!;
      }
    : undefined;
  const frame = new Float32Array(rows * columns);
  const first = 0 - spinUpDays;
  for (let day = first; day < days; day++) {
    if (day > first) await eddies.day(() => pace.breathe());
    eddies.renew(calm);
    if (day < 0) continue;
    coarsen(eddies.field, columns, refinement, cells);
    const mean = meanTemperature(settings, day);
    for (let n = 0; n < frame.length; n++) {
      frame[n] = land[n] ? Number.NaN : mean[Math.floor(n / columns)]! + cells[n]!;
    }
    if (frame.some((value, n) => !land[n] && !Number.isFinite(value))) {
      throw new DriftcastError(
        'diverged',
        `The surface ocean diverged on day ${day} of trajectory ${trajectory}.`,
        'Choose weaker eddies or a shorter relaxation time.',
      );
    }
    await task.onFrame(day, [frame]);
    await pace.breathe();
  }
}

export const surfaceOcean: Simulator<SurfaceOceanSettings> = {
  name: 'surface-ocean',
  title: 'Surface ocean',
  layout,
  simulate,
};
