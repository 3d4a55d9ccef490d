/**
 * Fetches, while nobody waits for anything, the coarse fields around the one on the screen, nearest first: who then
 * moves along the time line finds them in memory.
 */
import { strideInPassing } from '#shared/coarse.ts';
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { FieldStore } from '../contract/fields.ts';

/** Two thirds of what the store keeps: the rest is for fields that are looked at. */
const mostBytes = 64 * 1024 * 1024;
/** Between two fields, so that whoever begins to do something waits for one at most. */
const restMilliseconds = 20;
const waitMilliseconds = 400;

export interface Ahead {
  /** Of the field on the screen, in cells: only large ones are worth it. */
  size: { height: number; width: number };
  /** Where one is on the time axis, and how many times there are. */
  index: number;
  count: number;
  address: (time: number) => FieldAddress & { kind: 'file' };
  /** Whether nothing else goes on. */
  idle: () => boolean;
  signal: AbortSignal;
}

/** Ends when everything near is there, at the first failure, or when it is given up. */
export async function readAhead(store: Pick<FieldStore, 'get'>, ahead: Ahead): Promise<void> {
  const { size, signal } = ahead;
  const stride = strideInPassing(size);
  if (stride === 1) return;
  const bytes = Math.ceil(size.height / stride) * Math.ceil(size.width / stride) * 4;
  for (const time of nearest(ahead.index, ahead.count, Math.floor(mostBytes / bytes))) {
    do await pause(ahead.idle() ? restMilliseconds : waitMilliseconds);
    while (!signal.aborted && !ahead.idle());
    if (signal.aborted) return;
    try {
      await store.get({ kind: 'coarse', stride, field: ahead.address(time) });
    } catch {
      // Whoever goes there sees the sentence.
      return;
    }
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** At most `most` of the indices 0 … count − 1, by their distance to `index`. */
export function nearest(index: number, count: number, most: number): number[] {
  const found: number[] = [];
  for (let distance = 0; distance < count && found.length < most; distance += 1)
    for (const time of distance === 0 ? [index] : [index + distance, index - distance])
      if (time >= 0 && time < count && found.length < most) found.push(time);
  return found;
}
