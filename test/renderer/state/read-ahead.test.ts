/** What lies near is read while nothing else goes on, nearest first, and nothing more once it is given up. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { Field } from '../../../renderer/contract/fields.ts';
import { nearest, readAhead } from '../../../renderer/state/read-ahead.ts';

const large = { height: 720, width: 1440 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp(size = large) {
  const asked: FieldAddress[] = [];
  const stop = new AbortController();
  const state = { idle: true };
  const store = {
    get: (address: FieldAddress) => {
      asked.push(address);
      return Promise.resolve({} as Field);
    },
  };
  void readAhead(store, {
    ...{ size, index: 5, count: 100, signal: stop.signal },
    address: (time) => ({ kind: 'file', file: 'a', variable: 'sst', time, slices: {} }),
    idle: () => state.idle,
  });
  return { asked, stop, state };
}

describe('reading ahead', () => {
  it('takes the nearest first and stays within the time axis', () => {
    expect(nearest(1, 6, 10)).toEqual([1, 2, 0, 3, 4, 5]);
    expect(nearest(4, 6, 4)).toEqual([4, 5, 3, 2]);
  });

  it('asks for coarse fields one after the other, and for none once it is given up', async () => {
    const { asked, stop } = setUp();
    await vi.advanceTimersByTimeAsync(70);
    expect(asked).toHaveLength(3);
    expect(asked[1]).toEqual({
      kind: 'coarse',
      stride: 3,
      field: { kind: 'file', file: 'a', variable: 'sst', time: 6, slices: {} },
    });
    stop.abort();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(3);
  });

  it('waits while something goes on', async () => {
    const { asked, state } = setUp();
    state.idle = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(0);
    state.idle = true;
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(100);
  });

  it('leaves small fields alone, which come fast enough', async () => {
    const { asked } = setUp({ height: 180, width: 360 });
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(0);
  });
});
