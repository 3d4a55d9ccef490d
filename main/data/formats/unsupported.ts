/** Files of other kinds that scientists have, known by their first bytes: what they are, and how to make a readable one. */

interface OtherKind {
  /** First bytes; a text stands for its characters. */
  readonly starts: readonly (string | readonly number[])[];
  readonly what: string;
  readonly hint: string;
}

const numpy =
  'Save it as NetCDF with its dimensions, times and units (xarray: DataArray.to_netcdf), then open that file.';
const unpack = 'Unpack it and open the data files that it holds.';

const kinds: readonly OtherKind[] = [
  { starts: ['\x93NUMPY'], what: 'a NumPy array, which does not say what its dimensions mean', hint: numpy },
  {
    starts: ['GRIB'],
    what: 'a GRIB file',
    hint: 'Convert it to NetCDF first, for example with `cdo -f nc4 copy` or `grib_to_netcdf`.',
  },
  {
    starts: [[0x0e, 0x03, 0x13, 0x01]],
    what: 'an HDF4 file',
    hint: 'Convert it to NetCDF first, for example with `ncl_convert2nc` or `h4toh5`.',
  },
  {
    starts: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'],
    what: 'a TIFF picture',
    hint: 'Convert it to NetCDF first, for example with `gdal_translate -of netCDF`.',
  },
  {
    starts: [[0x1f, 0x8b], 'BZh', [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x28, 0xb5, 0x2f, 0xfd]],
    what: 'a compressed file',
    hint: unpack,
  },
  {
    starts: ['MATLAB 5.0'],
    what: 'a MATLAB file',
    hint: 'Save it with -v7.3, or write NetCDF with ncwrite.',
  },
  {
    starts: ['<!DOCTYPE', '<html', '<!doctype', '<HTML', '<?xml'],
    what: 'a web page',
    hint: 'The download answered with a page instead of the data; a login may be needed. Download the file again.',
  },
];

/** What a file is, as the end of "… is", and what to do about it; null for a kind that nobody knows. */
export function otherKind(head: Uint8Array): Pick<OtherKind, 'what' | 'hint'> | null {
  const startsWith = (start: string | readonly number[]) => {
    const bytes = typeof start === 'string' ? Buffer.from(start, 'latin1') : start;
    return bytes.every((byte, i) => head[i] === byte);
  };
  return kinds.find(({ starts }) => starts.some(startsWith)) ?? null;
}
