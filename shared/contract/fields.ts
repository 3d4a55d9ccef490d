/**
 * The data plane's addresses. Fields never travel through the contract: the contract names them, the
 * renderer fetches them (`app://` in Electron, HTTP in a browser) as raw little-endian float32 and reads
 * shape, units and range from the headers. An address never changes its content, so it may be cached.
 */

const plainQuantities = [
  'truth',
  'mean',
  'spread',
  'error',
  'initial',
  'climatology',
  'anomaly',
  'truth-anomaly',
] as const;

/**
 * Which field of a forecast: truth, mean, spread (population standard deviation), error (mean − truth), what was
 * observed at the start, the mean of the training split at that season, mean and truth as anomalies from it, a member
 * (counted from 1), a quantile of the members in per cent, or the share of members above a threshold in per cent.
 */
export type ForecastQuantity =
  | (typeof plainQuantities)[number]
  | `member-${number}`
  | `quantile-${number}`
  | `exceedance-${number}`;

/** What lies in files, datasets and forecasts. */
export type StoredField =
  | { kind: 'file'; file: string; variable: string; time: number; slices: Record<string, number> }
  /** Channels beyond the dataset's own follow from its velocity, as `flowChannels` in `shared/flow.ts` counts them. */
  | { kind: 'dataset'; dataset: string; channel: number; time: number }
  | {
      kind: 'forecast';
      forecast: string;
      quantity: ForecastQuantity;
      /** Of the dataset's channels, or beyond them as above; the first where it is left out. */
      channel?: number;
      start: number;
      lead: number;
    };

/** What lies in a file, on the cells of another field's grid: refused where it has none at these places. */
export interface FieldOnto {
  kind: 'onto';
  field: Extract<StoredField, { kind: 'file' }>;
  like: StoredField;
}

export const flowQuantities = ['vorticity', 'speed'] as const;
export type FlowQuantity = (typeof flowQuantities)[number];

/** What follows from two components of a velocity. */
export interface FlowField {
  kind: 'flow';
  quantity: FlowQuantity;
  /** Velocity along the columns' axis and along the rows' axis. */
  u: StoredField;
  v: StoredField;
  /** From a column to the next and from a row to the next, negative where coordinates fall; null on a sphere. */
  spacing: { x: number; y: number } | null;
  /** Of the spacing; on a sphere those of the velocity. */
  lengthUnits: string;
  /** 1 in solid cells, which have no flow; null where there are none. */
  solid: StoredField | null;
}

/** A map of a file with every n-th row and column alone, for large ones that pass quickly (`shared/coarse.ts`). */
export interface CoarseField {
  kind: 'coarse';
  stride: number;
  field: Extract<StoredField, { kind: 'file' }>;
}

export const degreeNames = ['latitude', 'longitude'] as const;

/** Degrees of every cell of a field on a curvilinear grid; NaN where the grid has none. */
export interface CellDegrees {
  kind: 'degrees';
  direction: (typeof degreeNames)[number];
  of: StoredField;
}

/** What can be subtracted. */
export type Operand = StoredField | FieldOnto;

/** Any field, one minus another of the same grid and units, what follows from a velocity, or where cells lie. */
export type FieldAddress =
  | Operand
  | CoarseField
  | CellDegrees
  | { kind: 'difference'; first: Operand; second: Operand }
  | FlowField;

export const fieldPathPrefix = '/fields/';

/** Header names of a field response. Values are plain ASCII; `range` is "min max" over the field, empty when all is missing. */
export const fieldHeaders = {
  shape: 'x-field-shape',
  units: 'x-field-units',
  range: 'x-field-range',
  date: 'x-field-date',
} as const;

/** `/fields/forecast/<id>/mean/0/2`; every part is URI-encoded. */
export function fieldPath(address: FieldAddress): string {
  if (address.kind === 'coarse') {
    const query = { stride: String(address.stride), field: fieldPath(address.field) };
    return `${fieldPathPrefix}coarse?${new URLSearchParams(query)}`;
  }
  if (address.kind === 'degrees') {
    const query = new URLSearchParams({ of: fieldPath(address.of) });
    return `${fieldPathPrefix}${address.direction}?${query}`;
  }
  if (address.kind === 'difference') {
    const pair = { first: fieldPath(address.first), second: fieldPath(address.second) };
    return `${fieldPathPrefix}difference?${new URLSearchParams(pair)}`;
  }
  if (address.kind === 'onto') {
    const pair = { field: fieldPath(address.field), like: fieldPath(address.like) };
    return `${fieldPathPrefix}onto?${new URLSearchParams(pair)}`;
  }
  if (address.kind === 'flow') {
    const { u, v, spacing, lengthUnits, solid } = address;
    const query = new URLSearchParams({
      u: fieldPath(u),
      v: fieldPath(v),
      ...(spacing ? { spacing: `${spacing.x} ${spacing.y}`, length: lengthUnits } : {}),
      ...(solid ? { solid: fieldPath(solid) } : {}),
    });
    return `${fieldPathPrefix}${address.quantity}?${query}`;
  }
  const parts: (string | number)[] =
    address.kind === 'file'
      ? ['file', address.file, address.variable, address.time]
      : address.kind === 'dataset'
        ? ['dataset', address.dataset, address.channel, address.time]
        : ['forecast', address.forecast, address.quantity, address.start, address.lead];
  const query = new URLSearchParams(
    (address.kind === 'file'
      ? Object.entries(address.slices)
      : address.kind === 'forecast' && address.channel
        ? [['channel', address.channel] as const]
        : []
    ).map(([name, index]) => [name, String(index)]),
  ).toString();
  const path = fieldPathPrefix + parts.map((part) => encodeURIComponent(String(part))).join('/');
  return query === '' ? path : `${path}?${query}`;
}

/** The path of the same picture at its first time: equal for all fields that differ in time alone. */
export function seriesPath(address: FieldAddress): string {
  const first = (field: StoredField): StoredField =>
    field.kind === 'forecast' ? { ...field, start: 0, lead: 0 } : { ...field, time: 0 };
  const operand = (field: Operand): Operand =>
    field.kind === 'onto'
      ? { ...field, field: { ...field.field, time: 0 }, like: first(field.like) }
      : first(field);
  if (address.kind === 'coarse') return seriesPath(address.field);
  if (address.kind === 'degrees') return fieldPath({ ...address, of: first(address.of) });
  if (address.kind === 'difference')
    return fieldPath({ ...address, first: operand(address.first), second: operand(address.second) });
  if (address.kind === 'flow')
    return fieldPath({
      ...address,
      u: first(address.u),
      v: first(address.v),
      solid: address.solid && first(address.solid),
    });
  return fieldPath(operand(address));
}

/** The inverse of {@link fieldPath}; null for anything that is no field path. */
export function parseFieldPath(path: string): FieldAddress | null {
  const [pathname = '', query = ''] = path.split('?', 2);
  if (pathname === `${fieldPathPrefix}difference`) {
    const given = new URLSearchParams(query);
    const [first, second] = ['first', 'second'].map((name) => parseOperand(given.get(name) ?? ''));
    return first && second ? { kind: 'difference', first, second } : null;
  }
  if (pathname === `${fieldPathPrefix}coarse`) {
    const given = new URLSearchParams(query);
    const stride = parseIndex(given.get('stride') ?? '');
    const field = parseStored(given.get('field') ?? '');
    return stride && field?.kind === 'file' ? { kind: 'coarse', stride, field } : null;
  }
  const direction = degreeNames.find((name) => pathname === fieldPathPrefix + name);
  if (direction) {
    const of = parseStored(new URLSearchParams(query).get('of') ?? '');
    return of && { kind: 'degrees', direction, of };
  }
  const quantity = flowQuantities.find((name) => pathname === fieldPathPrefix + name);
  return quantity ? parseFlow(quantity, new URLSearchParams(query)) : parseOperand(path);
}

function parseOperand(path: string): Operand | null {
  const [pathname = '', query = ''] = path.split('?', 2);
  if (pathname !== `${fieldPathPrefix}onto`) return parseStored(path);
  const given = new URLSearchParams(query);
  const [field, like] = ['field', 'like'].map((name) => parseStored(given.get(name) ?? ''));
  return field?.kind === 'file' && like ? { kind: 'onto', field, like } : null;
}

function parseFlow(quantity: FlowQuantity, given: URLSearchParams): FlowField | null {
  const [u, v, solid] = ['u', 'v', 'solid'].map((name) => parseStored(given.get(name) ?? ''));
  const spaced = given.get('spacing');
  const [x = Number.NaN, y = Number.NaN] = (spaced ?? '').split(' ').map(Number);
  if (!u || !v || (spaced !== null && !Number.isFinite(1 / x + 1 / y))) return null;
  if (given.has('solid') && !solid) return null;
  return {
    kind: 'flow',
    quantity,
    u,
    v,
    spacing: spaced === null ? null : { x, y },
    lengthUnits: given.get('length') ?? '',
    solid: solid ?? null,
  };
}

function parseStored(path: string): StoredField | null {
  const [pathname = '', query = ''] = path.split('?', 2);
  if (!pathname.startsWith(fieldPathPrefix)) return null;
  const parts: string[] = [];
  for (const part of pathname.slice(fieldPathPrefix.length).split('/')) {
    try {
      parts.push(decodeURIComponent(part));
    } catch {
      return null;
    }
  }
  const [kind, id = '', third = '', fourth = '', fifth] = parts;
  if (id === '' || third === '') return null;
  if (kind === 'file' && parts.length === 4) {
    const slices: Record<string, number> = {};
    for (const [name, value] of new URLSearchParams(query)) {
      const index = parseIndex(value);
      if (index === null) return null;
      slices[name] = index;
    }
    const time = parseIndex(fourth);
    return time === null ? null : { kind, file: id, variable: third, time, slices };
  }
  if (kind === 'dataset' && parts.length === 4) {
    const channel = parseIndex(third);
    const time = parseIndex(fourth);
    return channel === null || time === null ? null : { kind, dataset: id, channel, time };
  }
  if (kind === 'forecast' && parts.length === 5 && isQuantity(third)) {
    const start = parseIndex(fourth);
    const lead = parseIndex(fifth);
    const given = new URLSearchParams(query).get('channel');
    const channel = given === null ? 0 : parseIndex(given);
    if (start === null || lead === null || channel === null) return null;
    return { kind, forecast: id, quantity: third, ...(channel === 0 ? {} : { channel }), start, lead };
  }
  return null;
}

function parseIndex(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function isQuantity(text: string): text is ForecastQuantity {
  return (
    plainQuantities.some((name) => name === text) ||
    /^member-\d{1,4}$/.test(text) ||
    /^quantile-\d{1,3}(\.\d{1,3})?$/.test(text) ||
    /^exceedance--?\d{1,15}(\.\d{1,15})?(e[+-]?\d{1,3})?$/.test(text)
  );
}
