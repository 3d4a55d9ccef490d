/** Damage as it comes about, and as someone would do it on purpose; the same seed does the same. */

export type Random = () => number;

/** mulberry32: small, seeded, and good enough to choose what to break. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const below = (random: Random, limit: number) => Math.floor(random() * limit);

/** Numbers that overflow, wrap, allocate or never end where they are believed. */
const extremes = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0xffffffffffffffffn,
];

type Mutation = (bytes: Buffer, random: Random, place: number) => Buffer;

const mutations: Mutation[] = [
  (bytes, random, place) => {
    bytes[place] = bytes[place]! ^ (1 << below(random, 8));
    return bytes;
  },
  (bytes, random, place) => {
    bytes[place] = below(random, 256);
    return bytes;
  },
  // A size, an offset or a count, of either byte order.
  (bytes, random, place) => {
    const width = [1, 2, 4, 8][below(random, 4)]!;
    const value = BigInt.asUintN(8 * width, extremes[below(random, extremes.length)]!);
    const hex = value.toString(16).padStart(2 * width, '0');
    const digits = Buffer.from(hex, 'hex');
    if (random() < 0.5) digits.reverse();
    digits.copy(bytes, Math.min(place, Math.max(0, bytes.length - width)));
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, below(random, bytes.length + 1)),
  (bytes, random, place) => {
    const length = Math.min(bytes.length - place, 1 + below(random, 64));
    bytes.copyWithin(place, below(random, Math.max(1, bytes.length - length)), bytes.length);
    return bytes;
  },
  (bytes, random, place) => {
    bytes.fill(random() < 0.5 ? 0 : 0xff, place, Math.min(bytes.length, place + 1 + below(random, 64)));
    return bytes;
  },
  (bytes, random, place) => {
    const added = Buffer.from(Array.from({ length: 1 + below(random, 32) }, () => below(random, 256)));
    return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place)]);
  },
];

/** A damaged copy: one to four wounds, most of them near the beginning, where the headers are. */
export function mutate(original: Uint8Array, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(original);
  const wounds = 1 + below(random, 4);
  for (let i = 0; i < wounds && bytes.length > 0; i++) {
    const reach = random() < 0.7 ? Math.min(bytes.length, 2048) : bytes.length;
    bytes = mutations[below(random, mutations.length)]!(bytes, random, below(random, reach));
  }
  return bytes;
}

/** Numbers and words of a JSON text, exchanged for others that are no less JSON. */
export function mutateJson(text: string, random: Random): string {
  const values = [
    '0',
    '-1',
    '1e308',
    '4294967296',
    '9007199254740993',
    'null',
    '[]',
    '{}',
    '""',
    '"<f8"',
    '[1e9,1e9,1e9]',
    'true',
  ];
  const places = [...text.matchAll(/-?\d+(\.\d+)?|"[^"]*"|null|true|false/g)];
  const place = places[below(random, places.length)];
  if (!place || random() < 0.2) return mutate(Buffer.from(text), random).toString('latin1');
  const value = values[below(random, values.length)]!;
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}
