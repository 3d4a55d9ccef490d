/**
 * The groups and arrays of a Zarr hierarchy, version 2 and 3, from its consolidated metadata where it has them and
 * from its folders where not. Everything is checked before anybody computes with it: stores come from strangers.
 * Sources: Zarr specifications 2 and 3; xarray, "Zarr encoding specification".
 */
import { z } from 'zod';
import { bytesPerValue, damaged, isNumericType, product } from '../formats/dataFile.ts';
import { isKnownCodec } from './codecs.ts';
import { parseJson } from './json.ts';
import { isSafeKey, type ZarrStore } from './store.ts';

const limits = {
  depth: 32,
  nodes: 20_000,
  documentBytes: 64 * 1024 * 1024,
  chunkBytes: 512 * 1024 * 1024,
  shardIndexBytes: 64 * 1024 * 1024,
};

const sizes = z.array(z.number().int().nonnegative()).max(32);
const attributesSchema = z.record(z.string(), z.unknown());

const version2Schema = z.object({
  zarr_format: z.literal(2),
  shape: sizes,
  chunks: sizes,
  dtype: z.unknown(),
  compressor: z.object({ id: z.string() }).loose().nullish(),
  filters: z.array(z.object({ id: z.string() }).loose()).nullish(),
  fill_value: z.unknown(),
});

const codecSchema = z.object({ name: z.string(), configuration: attributesSchema.optional() });

const version3Schema = z.object({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape: sizes,
  data_type: z.unknown(),
  chunk_grid: z.object({ name: z.string(), configuration: z.object({ chunk_shape: sizes }).loose() }),
  chunk_key_encoding: z.object({ name: z.enum(['default', 'v2']) }).loose(),
  codecs: z.array(codecSchema),
  fill_value: z.unknown(),
  dimension_names: z.array(z.string().nullable()).nullish(),
  attributes: attributesSchema.optional(),
});

const shardingSchema = z.object({
  chunk_shape: sizes,
  codecs: z.array(codecSchema),
  index_codecs: z.array(codecSchema),
});

export interface ZarrArray {
  /** In the hierarchy, without a leading slash; '' for an array that is the whole store. */
  readonly path: string;
  readonly version: 2 | 3;
  /** The document that describes it, strict JSON. */
  readonly document: Uint8Array;
  readonly shape: readonly number[];
  /** Smallest blocks that can be read: in shards, the chunks inside. */
  readonly chunks: readonly number[];
  /** A numeric type, or what it is instead. */
  readonly type: string;
  readonly fill: unknown;
  readonly dimensionNames: readonly (string | null)[] | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Why it cannot be read, as the end of a sentence. */
  readonly unreadable?: string;
}

export interface Hierarchy {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly arrays: readonly ZarrArray[];
  readonly warnings: readonly string[];
}

const version2Types: Record<string, string> = {
  b1: 'uint8',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};

const kinds: Record<string, string> = {
  S: 'string',
  U: 'string',
  O: 'object',
  M: 'datetime64',
  m: 'timedelta64',
  c: 'complex',
  V: 'opaque',
};

function version2Type(dtype: unknown): string {
  if (typeof dtype !== 'string') return 'compound';
  const rest = dtype.replace(/^[<>|]/, '');
  return version2Types[rest] ?? kinds[rest[0] ?? ''] ?? 'unknown';
}

function version3Type(type: unknown): string {
  if (type === 'bool') return 'uint8';
  if (typeof type === 'string') return type;
  const name = z.object({ name: z.string() }).safeParse(type);
  return name.success ? name.data.name.replace(/^numpy\./, '') : 'unknown';
}

/** The document for zarrita; null as fill value stands for "undefined", for which it has no number. */
const encode = (content: unknown, fill: unknown) =>
  new TextEncoder().encode(JSON.stringify({ ...(content as object), fill_value: fill ?? 0 }));

/** What speaks against reading an array whose metadata are well-formed. */
function whyUnreadable(array: Omit<ZarrArray, 'unreadable'>, codecs: readonly string[]): string | undefined {
  const { chunks, shape, type } = array;
  const unknown = codecs.find((name) => !isKnownCodec(name));
  if (unknown !== undefined)
    return `is compressed with the codec "${unknown.replace(/^numcodecs\./, '').slice(0, 60)}", which is not available here`;
  const bytes = product(chunks) * bytesPerValue(type);
  if (bytes > limits.chunkBytes)
    return `is stored in blocks of ${Math.round(bytes / 2 ** 20)} MiB, which are too large to read`;
  if (chunks.length !== shape.length || chunks.some((size) => size === 0))
    return 'does not say how its blocks divide it';
  return undefined;
}

function finish(array: Omit<ZarrArray, 'unreadable'>, codecs: readonly string[], other?: string): ZarrArray {
  const unreadable = isNumericType(array.type) ? (other ?? whyUnreadable(array, codecs)) : undefined;
  return unreadable === undefined ? array : { ...array, unreadable };
}

function version2Array(path: string, content: unknown, attributes: Record<string, unknown>): ZarrArray {
  const meta = version2Schema.parse(content);
  const codecs = [...(meta.filters ?? []), ...(meta.compressor ? [meta.compressor] : [])].map(({ id }) =>
    // The one filter that zarrita translates instead of looking it up.
    /^(numcodecs\.)?fixedscaleoffset$/.test(id) ? 'scale_offset' : `numcodecs.${id}`,
  );
  const names = z.array(z.string()).safeParse(attributes._ARRAY_DIMENSIONS);
  return finish(
    {
      path,
      version: 2,
      document: encode(content, meta.fill_value),
      shape: meta.shape,
      chunks: meta.chunks,
      type: version2Type(meta.dtype),
      fill: meta.fill_value,
      dimensionNames: names.success && names.data.length === meta.shape.length ? names.data : null,
      attributes,
    },
    codecs,
  );
}

function version3Array(path: string, content: unknown): ZarrArray {
  const meta = version3Schema.parse(content);
  const attributes = meta.attributes ?? {};
  const outer = meta.chunk_grid.configuration.chunk_shape;
  const sharding = meta.codecs.find(({ name }) => name === 'sharding_indexed');
  const inner = sharding ? shardingSchema.parse(sharding.configuration) : null;
  const chunks = inner?.chunk_shape ?? outer;
  const perShard = outer.map((size, i) => size / (chunks[i] ?? 0));
  const legacy = z.array(z.string()).safeParse(attributes._ARRAY_DIMENSIONS);
  const names = meta.dimension_names ?? (legacy.success ? legacy.data : null);
  const other =
    meta.chunk_grid.name !== 'regular'
      ? `is divided by a "${meta.chunk_grid.name.slice(0, 60)}" grid, which is not available here`
      : inner && !perShard.every(Number.isInteger)
        ? 'has shards that its chunks do not divide'
        : inner && product(perShard) * 16 > limits.shardIndexBytes
          ? 'has shards of more chunks than can be listed'
          : inner && meta.codecs.length > 1
            ? 'is stored in shards that are changed again, which is not available here'
            : undefined;
  return finish(
    {
      path,
      version: 3,
      document: encode(content, meta.fill_value),
      shape: meta.shape,
      chunks,
      type: version3Type(meta.data_type),
      fill: meta.fill_value,
      dimensionNames: names && names.length === meta.shape.length ? names : null,
      attributes,
    },
    [...meta.codecs, ...(inner ? [...inner.codecs, ...inner.index_codecs] : [])].map(({ name }) => name),
    other,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Documents by key, from wherever they are. */
interface Documents {
  get(key: string): Promise<unknown>;
  /** Paths of the nodes below a group. */
  children(path: string): Promise<string[]>;
}

class StoredDocuments implements Documents {
  constructor(private readonly store: ZarrStore) {}

  async get(key: string): Promise<unknown> {
    const bytes = await this.store.get(key, limits.documentBytes);
    return bytes && parseJson(bytes);
  }

  async children(path: string): Promise<string[]> {
    const names = (await this.store.folders(path)).sort();
    return names.map((name) => (path === '' ? name : `${path}/${name}`));
  }
}

class ConsolidatedDocuments implements Documents {
  private readonly below = new Map<string, string[]>();

  constructor(private readonly documents: ReadonlyMap<string, unknown>) {
    const nodes = new Set<string>();
    for (const key of documents.keys()) {
      // Groups in between need no documents of their own.
      for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1))
        nodes.add(key.slice(0, end));
    }
    for (const node of nodes) {
      if (!isSafeKey(node)) continue;
      const parent = node.slice(0, Math.max(0, node.lastIndexOf('/')));
      const siblings = this.below.get(parent);
      if (siblings) siblings.push(node);
      else this.below.set(parent, [node]);
    }
  }

  async get(key: string): Promise<unknown> {
    return this.documents.get(key);
  }

  async children(path: string): Promise<string[]> {
    return this.below.get(path) ?? [];
  }
}

async function documentsOf(store: ZarrStore): Promise<Documents> {
  const stored = new StoredDocuments(store);
  const root = await stored.get('zarr.json');
  const inline =
    isRecord(root) && isRecord(root.consolidated_metadata) ? root.consolidated_metadata.metadata : null;
  if (isRecord(inline)) {
    const entries = Object.entries(inline).map(([path, content]): [string, unknown] => [
      `${path}/zarr.json`,
      content,
    ]);
    return new ConsolidatedDocuments(new Map([['zarr.json', root], ...entries]));
  }
  if (root !== undefined) return stored;
  const consolidated = await stored.get('.zmetadata');
  const content = isRecord(consolidated) ? consolidated.metadata : null;
  return isRecord(content) ? new ConsolidatedDocuments(new Map(Object.entries(content))) : stored;
}

const join = (path: string, name: string) => (path === '' ? name : `${path}/${name}`);

async function nodeAt(
  documents: Documents,
  path: string,
): Promise<ZarrArray | { attributes: unknown } | null> {
  const version3 = await documents.get(join(path, 'zarr.json'));
  if (version3 !== undefined)
    return isRecord(version3) && version3.node_type === 'group'
      ? { attributes: version3.attributes }
      : version3Array(path, version3);
  const array = await documents.get(join(path, '.zarray'));
  const attributes = await documents.get(join(path, '.zattrs'));
  const own = isRecord(attributes) ? attributes : {};
  if (array !== undefined) return version2Array(path, array, own);
  return (await documents.get(join(path, '.zgroup'))) === undefined ? null : { attributes: own };
}

/** Lists every array; what is damaged becomes a warning, unless it is the root. `name` is the store's, for messages. */
export async function readHierarchy(store: ZarrStore, name: string): Promise<Hierarchy> {
  const warnings: string[] = [];
  const arrays: ZarrArray[] = [];
  let attributes: Record<string, unknown> = {};
  let nodes = 0;
  const documents = await documentsOf(store).catch((cause: unknown) => {
    throw damaged(name, 'its metadata are no valid JSON', cause);
  });
  const walk = async (path: string, depth: number): Promise<void> => {
    if (++nodes > limits.nodes || depth > limits.depth) {
      warnings.push('The store holds more groups and arrays than can be listed; the rest is left out.');
      return;
    }
    let node: Awaited<ReturnType<typeof nodeAt>>;
    try {
      node = await nodeAt(documents, path);
    } catch (cause) {
      if (path === '') throw damaged(name, 'its metadata are not as Zarr writes them', cause);
      warnings.push(`"${path}" is damaged and is left out.`);
      return;
    }
    if (node !== null && 'shape' in node) {
      arrays.push(node);
      return;
    }
    if (path === '' && isRecord(node?.attributes)) attributes = node.attributes;
    // Folders that are no nodes are passed through: early writers left groups without a document.
    for (const child of await documents.children(path)) {
      if (nodes > limits.nodes) return;
      await walk(child, depth + 1);
    }
  };
  await walk('', 0);
  return { attributes, arrays, warnings: [...new Set(warnings)] };
}
