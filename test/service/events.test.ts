/** Event streams: bounded, coalescing, history before news, and ended from outside. */
import { describe, expect, it } from 'vitest';
import { Broadcast, EventStream } from '#main/service/events.ts';
import { Turnstile } from '#main/service/turnstile.ts';

interface Told {
  key: string | null;
  value: number;
}
const keyOf = ({ key }: Told): string | null => key;

async function drain(stream: EventStream<Told>): Promise<number[]> {
  stream.end();
  const values: number[] = [];
  for await (const { value } of stream) values.push(value);
  return values;
}

describe('an event stream', () => {
  it('keeps the newest of each key, every event without one, and no more than its limit', async () => {
    const stream = new EventStream(keyOf, 3);
    stream.push({ key: 'a', value: 1 });
    stream.push({ key: null, value: 2 });
    stream.push({ key: 'a', value: 3 });
    stream.push({ key: null, value: 4 });
    stream.push({ key: null, value: 5 });
    expect(await drain(stream)).toEqual([3, 4, 5]);
  });

  it('tells the past first, and what both hold once', async () => {
    const stream = new EventStream(keyOf);
    stream.push({ key: 'b', value: 20 });
    stream.push({ key: 'c', value: 30 });
    stream.prepend([
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]);
    expect(await drain(stream)).toEqual([1, 20, 30]);
  });

  it('ends while someone waits, by signal or by return, and leaves nothing behind', async () => {
    const broadcast = new Broadcast(keyOf);
    const abort = new AbortController();
    const one = broadcast.subscribe(abort.signal);
    const two = broadcast.subscribe();
    const waiting = [one.next(), two.next()];
    abort.abort();
    await two.return();
    for (const result of await Promise.all(waiting)) expect(result.done).toBe(true);
    expect(broadcast.listeners).toBe(0);
    broadcast.publish({ key: null, value: 1 });
    expect((await one.next()).done).toBe(true);
    const late = broadcast.subscribe(abort.signal);
    expect((await late.next()).done).toBe(true);
    expect(broadcast.listeners).toBe(0);
  });
});

describe('a turnstile', () => {
  it('lets one of a kind in at a time, in order, also past one who gave up', async () => {
    const turnstile = new Turnstile();
    const patient = new AbortController().signal;
    const impatient = new AbortController();
    const order: string[] = [];
    const leaveFirst = await turnstile.enter('a', patient);
    const second = turnstile.enter('a', impatient.signal);
    const third = turnstile.enter('a', patient).then((leave) => {
      order.push('third');
      leave();
    });
    const other = await turnstile.enter('b', patient);
    other();
    impatient.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    order.push('first');
    leaveFirst();
    await third;
    expect(order).toEqual(['first', 'third']);
    await expect(turnstile.enter('a', impatient.signal)).rejects.toMatchObject({ code: 'cancelled' });
    (await turnstile.enter('a', patient))();
  });
});
