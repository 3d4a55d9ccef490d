/** Fields are fetched once; so is a refusal that no later answer could differ from. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fieldHeaders } from '#shared/contract/fields.ts';
import { FieldStore } from '../../../renderer/contract/fields.ts';

const address = { kind: 'file', file: 'a', variable: 'sst', time: 0, slices: {} } as const;

function answering(...answers: (() => Response)[]) {
  const fetched = vi.fn(() => Promise.resolve((answers.shift() ?? answers[0]!)()));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}
const refused = (code: string, status: number) => () =>
  Response.json({ error: { code, message: 'No.', hint: 'Choose another.' } }, { status });
const field = () =>
  new Response(Float32Array.of(1, 2).buffer, {
    headers: { [fieldHeaders.shape]: '1 2', [fieldHeaders.range]: '1 2' },
  });

afterEach(() => vi.unstubAllGlobals());

describe('a field', () => {
  it('is fetched once', async () => {
    const fetched = answering(field);
    const store = new FieldStore();
    expect([...(await store.get(address)).data]).toEqual([1, 2]);
    await store.get(address);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('that cannot be, because of what is asked for, is asked for once', async () => {
    const fetched = answering(refused('bad-input', 400));
    const store = new FieldStore();
    await expect(store.get(address)).rejects.toThrow('No.');
    await expect(store.get(address)).rejects.toThrow('No.');
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('that failed for now is asked for again', async () => {
    const fetched = answering(refused('engine-died', 503), field);
    const store = new FieldStore();
    await expect(store.get(address)).rejects.toThrow('No.');
    expect((await store.get(address)).width).toBe(2);
    expect(fetched).toHaveBeenCalledTimes(2);
  });
});
