/**
 * Events from one place to any number of listeners, each at its own pace. A listener that is slow or has gone
 * costs a bounded amount of memory: of events with the same key it gets the newest alone.
 */

type Pending<T> = { resolve(result: IteratorResult<T, undefined>): void; reject(thrown: unknown): void };

/**
 * One listener's view, as an async iterator. Written by hand rather than as an async generator, because a
 * generator that waits for its next event can't be ended from outside.
 */
export class EventStream<T> implements AsyncIterableIterator<T, undefined> {
  private readonly buffer = new Map<string, T>();
  private readonly keyOf: (event: T) => string | null;
  private readonly limit: number;
  private readonly cleanups: (() => void)[] = [];
  private pending: Pending<T>[] = [];
  private unkeyed = 0;
  private ended = false;
  private failure: { thrown: unknown } | null = null;

  constructor(keyOf: (event: T) => string | null, limit = 1000) {
    this.keyOf = keyOf;
    this.limit = limit;
  }

  push(event: T): void {
    if (this.ended) return;
    const waiting = this.pending.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: event });
      return;
    }
    const key = this.keyOf(event) ?? `#${this.unkeyed++}`;
    this.buffer.delete(key);
    this.buffer.set(key, event);
    if (this.buffer.size > this.limit) {
      const [oldest] = this.buffer.keys();
      if (oldest !== undefined) this.buffer.delete(oldest);
    }
  }

  /** Puts the past before what has come in since; what both hold is told once. */
  prepend(past: readonly T[]): void {
    const since = [...this.buffer.values()];
    this.buffer.clear();
    for (const event of past) this.buffer.set(this.keyOf(event) ?? `#${this.unkeyed++}`, event);
    for (const event of since) {
      const key = this.keyOf(event) ?? `#${this.unkeyed++}`;
      this.buffer.delete(key);
      this.buffer.set(key, event);
    }
  }

  /** No more events: what is in the buffer is still told. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const waiting of this.pending) waiting.resolve({ done: true, value: undefined });
    this.pending = [];
    for (const cleanup of this.cleanups) cleanup();
  }

  /** The end by a failure: who listens gets what is in the buffer, and then the failure. */
  fail(thrown: unknown): void {
    if (this.ended) return;
    this.failure = { thrown };
    for (const waiting of this.pending.splice(0)) waiting.reject(this.takeFailure());
    this.end();
  }

  private takeFailure(): unknown {
    const thrown = this.failure?.thrown;
    this.failure = null;
    return thrown;
  }

  onEnd(cleanup: () => void): void {
    if (this.ended) cleanup();
    else this.cleanups.push(cleanup);
  }

  /** Ends with the listener's own wish to stop. */
  endOn(signal: AbortSignal | undefined): this {
    if (signal === undefined) return this;
    const stop = (): void => void this.return();
    if (signal.aborted) stop();
    else {
      signal.addEventListener('abort', stop, { once: true });
      this.onEnd(() => signal.removeEventListener('abort', stop));
    }
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    const first = this.buffer.entries().next();
    if (!first.done) {
      const [key, value] = first.value;
      this.buffer.delete(key);
      return Promise.resolve({ done: false, value });
    }
    if (this.failure !== null) return Promise.reject(this.takeFailure());
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.pending.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.buffer.clear();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}

/** Where events are published. */
export class Broadcast<T> {
  private readonly streams = new Set<EventStream<T>>();
  private readonly keyOf: (event: T) => string | null;

  /** @param keyOf events with the same key replace each other while they wait; null: every one counts */
  constructor(keyOf: (event: T) => string | null) {
    this.keyOf = keyOf;
  }

  get listeners(): number {
    return this.streams.size;
  }

  publish(event: T): void {
    for (const stream of this.streams) stream.push(event);
  }

  subscribe(signal?: AbortSignal): EventStream<T> {
    const stream = new EventStream(this.keyOf);
    this.streams.add(stream);
    stream.onEnd(() => this.streams.delete(stream));
    return stream.endOn(signal);
  }

  close(): void {
    for (const stream of [...this.streams]) stream.end();
  }
}
