/**
 * Lists the variables of an HDF5 file with the dimensions that the NetCDF-4 conventions hide in attributes and
 * dimension scales. Links are not followed: they may form circles or point into other files.
 * Source: NetCDF-4 file format specification, "Dimensions, dimension scales and coordinate variables".
 */
import type { Dataset, File, Group } from 'h5wasm/node';
import {
  type Attributes,
  arrayTypes,
  type DataAttribute,
  type DataDimension,
  type DataVariable,
  product,
} from './dataFile.ts';
import { type Hdf5Library, isKnownFilter } from './hdf5Library.ts';

const hiddenAttributes = new Set([
  'DIMENSION_LIST',
  'REFERENCE_LIST',
  'CLASS',
  'NAME',
  '_Netcdf4Dimid',
  '_Netcdf4Coordinates',
  '_nc3_strict',
  '_NCProperties',
]);
const notAVariable = 'This is a netCDF dimension but not a netCDF variable';
/** NetCDF-4's mark for a variable that is named like a dimension without being its coordinate. */
const disguise = '_nc4_non_coord_';
const limits = { depth: 32, objects: 20_000, attributeBytes: 4 * 1024 * 1024, chunkBytes: 512 * 1024 * 1024 };
const unlimitedSize = 2 ** 63;

type Metadata = Dataset['metadata'];

const bareName = (path: string) => path.replace(/^\/+/, '');
const leaf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function typeName({ type, size, signed }: Metadata): string {
  if (type === 0) {
    const name = `${signed ? 'int' : 'uint'}${size * 8}`;
    return Object.hasOwn(arrayTypes, name) ? name : `${size}-byte integer`;
  }
  if (type === 1) return size === 4 || size === 8 ? `float${size * 8}` : `${size}-byte float`;
  const names = ['time', 'string', 'bitfield', 'opaque', 'compound', 'reference', 'enum', 'vlen', 'array'];
  return names[type - 2] ?? 'unknown';
}

function toAttribute(value: unknown, type: string): DataAttribute | null {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'number') return { type, value: [value] };
  if (!Array.isArray(value)) return null;
  const flat: unknown[] = value.flat(8);
  if (flat.every((item) => typeof item === 'number')) return { type, value: flat };
  return flat.every((item) => typeof item === 'string') ? { type: 'string', value: flat.join(' ') } : null;
}

/** Attributes of a group or dataset; those of other types or of absurd sizes are left out. */
export function readAttributes(library: Hdf5Library, owner: Group | Dataset, warnings: string[]): Attributes {
  const { module } = library;
  const attributes = new Map<string, DataAttribute>();
  for (const name of module.get_attribute_names(owner.file_id, owner.path)) {
    if (hiddenAttributes.has(name)) continue;
    try {
      const metadata = module.get_attribute_metadata(owner.file_id, owner.path, name);
      if (metadata.size * metadata.total_size > limits.attributeBytes) throw new Error('too large');
      const attribute = toAttribute(owner.get_attribute(name, true), typeName(metadata));
      if (attribute) attributes.set(name, attribute);
    } catch {
      warnings.push(`The attribute "${name}" of "${bareName(owner.path) || '/'}" could not be read.`);
    }
  }
  return attributes;
}

function hiddenText(dataset: Dataset, name: string): string {
  try {
    return String(dataset.get_attribute(name, true));
  } catch {
    return '';
  }
}

function hiddenNumbers(dataset: Dataset, name: string): number[] {
  try {
    return [dataset.get_attribute(name, true)].flat(4).map(Number);
  } catch {
    return [];
  }
}

function whyUnreadable(library: Hdf5Library, dataset: Dataset, fileBytes: number): string | undefined {
  const { chunks, shape, size } = dataset.metadata;
  const filter = dataset.filters.find(({ id }) => !isKnownFilter(library, id));
  if (filter) {
    const name = filter.name.split(';')[0]!.slice(0, 60) || 'unnamed';
    return `is compressed with the filter "${name}" (number ${filter.id}), which is not available here`;
  }
  if (chunks && product(chunks) * size > limits.chunkBytes) {
    return `is stored in blocks of ${Math.round((product(chunks) * size) / 2 ** 20)} MiB, which are too large to read`;
  }
  // Values never written take no room in the file; nobody wants to wait for terabytes of them.
  const bytes = product(shape ?? []) * size;
  if (bytes > Math.max(2 ** 30, 20_000 * fileBytes)) {
    return `claims to hold ${Math.round(bytes / 2 ** 20)} MiB, in a file of ${fileBytes} bytes`;
  }
  return undefined;
}

interface Found {
  dataset: Dataset;
  /** Names of attributes, hidden ones included. */
  names: ReadonlySet<string>;
}

/** Whether a name leads elsewhere, asked before anything could follow it. */
function isLink(module: Hdf5Library['module'], file: bigint, path: string): boolean {
  if (module.get_symbolic_link(file, path) !== null) return true;
  const external = module.get_external_link(file, path) as { filename?: unknown } | null;
  return typeof external?.filename === 'string';
}

/** All datasets below a group, in the order of the file. */
function collect(library: Hdf5Library, root: File, warnings: string[]): Found[] {
  const { module, h5 } = library;
  const found: Found[] = [];
  let objects = 0;
  const walk = (group: Group, depth: number) => {
    for (const key of group.keys()) {
      const path = group.path === '/' ? `/${key}` : `${group.path}/${key}`;
      if (++objects > limits.objects || depth > limits.depth) {
        warnings.push('The file holds more groups and variables than can be listed; the rest is left out.');
        return;
      }
      if (isLink(module, root.file_id, path)) {
        warnings.push(`"${bareName(path)}" is a link to somewhere else and is left out.`);
        continue;
      }
      try {
        const kind = module.get_type(root.file_id, path);
        if (kind === module.H5G_GROUP) walk(new h5.Group(root.file_id, path), depth + 1);
        if (kind === module.H5G_DATASET) {
          const names = new Set(module.get_attribute_names(root.file_id, path));
          found.push({ dataset: new h5.Dataset(root.file_id, path), names });
        }
      } catch {
        warnings.push(`"${bareName(path)}" is damaged and is left out.`);
      }
      if (objects > limits.objects) return;
    }
  };
  walk(root, 0);
  return found;
}

/** Dimensions of a dataset: itself if it is a coordinate, else its attached scales, else nameless ones. */
function dimensionsOf(found: Found, byId: ReadonlyMap<number, string>): DataDimension[] {
  const { dataset, names } = found;
  const { shape, maxshape } = dataset.metadata;
  const isScale = names.has('CLASS') && hiddenText(dataset, 'CLASS') === 'DIMENSION_SCALE';
  const ids = names.has('_Netcdf4Coordinates') ? hiddenNumbers(dataset, '_Netcdf4Coordinates') : [];
  return (shape ?? []).map((size, i) => {
    let path = `${dataset.path}#${i}`;
    let name = `dim_${i}`;
    const scale = isScale
      ? shape!.length === 1
        ? dataset.path
        : byId.get(ids[i] ?? -1)
      : names.has('DIMENSION_LIST')
        ? dataset.get_attached_scales(i)[0]
        : undefined;
    if (scale) {
      path = scale;
      name = leaf(scale);
    }
    return { name, path: bareName(path), size, unlimited: (maxshape?.[i] ?? size) >= unlimitedSize };
  });
}

export interface Hdf5Tree {
  readonly variables: DataVariable[];
  readonly isNetcdf4: boolean;
  /** Path inside of the file by variable. */
  readonly paths: ReadonlyMap<DataVariable, string>;
}

/** Lists every dataset but the mere dimensions; what cannot be understood becomes a warning. */
export function readTree(library: Hdf5Library, root: File, fileBytes: number, warnings: string[]): Hdf5Tree {
  const found = collect(library, root, warnings);
  const byId = new Map<number, string>();
  for (const { dataset, names } of found) {
    if (!names.has('_Netcdf4Dimid')) continue;
    const ids = hiddenNumbers(dataset, '_Netcdf4Dimid');
    if (ids.length === 1) byId.set(ids[0]!, dataset.path);
  }
  const variables: DataVariable[] = [];
  const paths = new Map<DataVariable, string>();
  for (const entry of found) {
    const { dataset, names } = entry;
    if (names.has('NAME') && hiddenText(dataset, 'NAME').startsWith(notAVariable)) continue;
    try {
      const unreadable = whyUnreadable(library, dataset, fileBytes);
      const dims = dimensionsOf(entry, byId);
      const path = bareName(dataset.path);
      const variable: DataVariable = {
        path: path.replace(disguise, ''),
        dims,
        shape: dims.map((dim) => dim.size),
        type: typeName(dataset.metadata),
        attributes: readAttributes(library, dataset, warnings),
        chunks: dataset.metadata.chunks,
        ...(unreadable === undefined ? {} : { unreadable }),
      };
      variables.push(variable);
      paths.set(variable, dataset.path);
    } catch {
      warnings.push(`"${bareName(dataset.path)}" is damaged and is left out.`);
    }
  }
  const isNetcdf4 =
    library.module.get_attribute_names(root.file_id, '/').includes('_NCProperties') ||
    found.some(({ names }) => names.has('_Netcdf4Dimid') || names.has('DIMENSION_LIST'));
  return { variables, isNetcdf4, paths };
}
