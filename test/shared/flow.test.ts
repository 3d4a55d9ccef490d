/** Which variables are the components of a flow, and in which units it turns. */
import { describe, expect, it } from 'vitest';
import { flowChannels, radiusFor, velocityIn, vorticityUnits } from '#shared/flow.ts';

const variable = (name: string, standardName = '', units = 'm s-1') => ({
  name,
  standardName,
  units,
  longName: '',
});

describe('a velocity among variables', () => {
  it.each([
    ['vx', 'vy', '', ''],
    ['ocean/uo', 'ocean/vo', '', ''],
    ['u10', 'v10', '', ''],
    ['ugos', 'vgos', '', ''],
    ['a', 'b', 'eastward_sea_water_velocity', 'northward_sea_water_velocity'],
    [
      'a',
      'b',
      'surface_geostrophic_eastward_sea_water_velocity',
      'surface_geostrophic_northward_sea_water_velocity',
    ],
    ['a', 'b', 'sea_water_x_velocity', 'sea_water_y_velocity'],
    ['a', 'b', 'x_wind', 'y_wind'],
  ])('is %s and %s', (u, v, first, second) => {
    const found = velocityIn([variable('sst'), variable(v, second), variable(u, first)]);
    expect([found?.u.name, found?.v.name]).toEqual([u, v]);
  });

  it('is none where a component is alone or is no velocity', () => {
    expect(velocityIn([variable('uo'), variable('v10')])).toBeNull();
    expect(
      velocityIn([
        variable('a', 'surface_downward_eastward_stress'),
        variable('b', 'surface_downward_northward_stress'),
      ]),
    ).toBeNull();
    expect(flowChannels([variable('u'), variable('v', '', 'cm/s')])).toEqual([]);
  });

  it('is that of the wanted variable where there are several', () => {
    const all = ['uo', 'vo', 'u10', 'v10'].map((name) => variable(name));
    expect(velocityIn(all, 'v10')?.u.name).toBe('u10');
    expect(velocityIn(all, 'sst')?.u.name).toBe('uo');
  });
});

describe('the units of vorticity', () => {
  it('are one over time where lengths agree, else written out', () => {
    expect(vorticityUnits('m s-1', 'm')).toBe('s-1');
    expect(vorticityUnits('km/h', 'km')).toBe('h-1');
    expect(vorticityUnits('m s-1', 'cell')).toBe('m/s per cell');
    expect(radiusFor('cm/s')).toEqual({ radius: 637_100_000, lengthUnits: 'cm' });
    expect(radiusFor('knots').lengthUnits).toBe('m');
  });
});
