/** The tables are read right, and the choice of one follows the metadata. */
import { describe, expect, it } from 'vitest';
import {
  colourIndex,
  colourOf,
  colourTable,
  colourTableNames,
  tableFor,
} from '../../../renderer/scenes/colour-tables.ts';

const variable = (change: object) => ({ name: 'x', longName: '', standardName: '', units: '', ...change });

describe('colour tables', () => {
  it('have 256 opaque colours each, and known ends', () => {
    for (const name of colourTableNames()) {
      const { rgba } = colourTable(name);
      expect(rgba.length).toBe(1024);
      expect(rgba.every((value, at) => at % 4 !== 3 || value === 255)).toBe(true);
    }
    // cmocean's thermal begins and viridis ends at these published colours.
    expect(colourOf(colourTable('thermal'), 0, 0, 1)).toEqual([4, 35, 51]);
    expect(colourOf(colourTable('viridis'), 1, 0, 1)).toEqual([253, 231, 37]);
  });

  it('clamp values beyond the limits', () => {
    expect([colourIndex(-5, 0, 10), colourIndex(5, 0, 10), colourIndex(50, 0, 10)]).toEqual([0, 128, 255]);
  });

  it('are chosen by what is measured', () => {
    expect(tableFor(variable({ standardName: 'sea_surface_temperature' }))).toBe('thermal');
    expect(tableFor(variable({ units: 'K' }))).toBe('thermal');
    expect(tableFor(variable({ longName: 'SST anomaly', units: 'degC' }))).toBe('balance');
    expect(tableFor(variable({ standardName: 'wind_speed' }))).toBe('tempo');
    expect(tableFor(variable({ standardName: 'sea_water_salinity' }))).toBe('haline');
    expect(tableFor(variable({ longName: 'mixed layer depth' }))).toBe('deep');
    expect(tableFor(variable({ units: 'kg m-3' }))).toBe('viridis');
  });
});
