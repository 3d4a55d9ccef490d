/** Files on a grid whose every cell has degrees of its own: the sphere around a pole that is displaced onto land. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { netcdf3 } from './files.ts';

const radians = Math.PI / 180;
const missing = 1e20;

export interface CurvilinearFile {
  height: number;
  width: number;
  times: number;
  value: (time: number, row: number, column: number) => number;
  /** Cells whose coordinates the file does not give. */
  unplaced?: (row: number, column: number) => boolean;
}

/** Degrees of a cell's centre: latitudes and longitudes around a pole at 75° N 40° W. */
export function displacedPlace(
  { height, width }: { height: number; width: number },
  row: number,
  column: number,
): { latitude: number; longitude: number } {
  const tilt = 15 * radians;
  const phi = (-90 + ((row + 0.5) * 180) / height) * radians;
  const lambda = ((column + 0.5) * 2 * Math.PI) / width;
  const [x, y, z] = [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
  const [across, up] = [x * Math.cos(tilt) + z * Math.sin(tilt), z * Math.cos(tilt) - x * Math.sin(tilt)];
  return { latitude: Math.asin(up) / radians, longitude: Math.atan2(y, across) / radians - 40 };
}

/** Writes `tos` [time, j, i] with `lat` and `lon` [j, i], as climate models do; answers the path. */
export function writeCurvilinearFile(folder: string, name: string, file: CurvilinearFile): string {
  const { height, width, times, value, unplaced = () => false } = file;
  const cells = Array.from(
    { length: height * width },
    (_, cell) => [Math.floor(cell / width), cell % width] as const,
  );
  const degrees = (of: 'latitude' | 'longitude') =>
    cells.map(([row, column]) => (unplaced(row, column) ? missing : displacedPlace(file, row, column)[of]));
  const marked = { _FillValue: { type: 'float32' as const, values: [missing] } };
  const path = join(folder, name);
  const bytes = netcdf3({
    version: 2,
    dims: { time: 0, j: height, i: width },
    records: times,
    variables: [
      {
        name: 'time',
        dims: ['time'],
        type: 'float64',
        values: Array.from({ length: times }, (_, time) => time),
        attributes: { units: 'days since 2001-01-01' },
      },
      {
        name: 'lat',
        dims: ['j', 'i'],
        type: 'float32',
        values: degrees('latitude'),
        attributes: { units: 'degrees_north', ...marked },
      },
      {
        name: 'lon',
        dims: ['j', 'i'],
        type: 'float32',
        values: degrees('longitude'),
        attributes: { units: 'degrees_east', ...marked },
      },
      {
        name: 'tos',
        dims: ['time', 'j', 'i'],
        type: 'float32',
        values: Array.from({ length: times }, (_, time) =>
          cells.map(([row, column]) => value(time, row, column)),
        )
          .flat()
          .map((each) => (Number.isNaN(each) ? missing : each)),
        attributes: { units: 'degC', coordinates: 'lat lon', ...marked },
      },
    ],
  });
  writeFileSync(path, bytes);
  return path;
}
