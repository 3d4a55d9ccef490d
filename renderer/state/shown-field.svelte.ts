/**
 * The field that a picture shows: the newest one asked for, with the one before kept until it has come. Who scrubs
 * asks faster than fields come: then those of the same series that come on the way are shown, and what was passed
 * while enough were on their way is never fetched. Large ones that pass are coarse, until one stays.
 */
import { untrack } from 'svelte';
import { strideInPassing } from '#shared/coarse.ts';
import { type FieldAddress, fieldPath, seriesPath } from '#shared/contract/fields.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import { type Field, type FieldStore, passing } from '../contract/fields.ts';

/** One is read and decoded while the one before is drawn. */
const mostOnTheirWay = 2;

interface Wish {
  readonly address: FieldAddress;
  readonly path: string;
  readonly series: string;
  /** Of a coarse field: the size of the whole one and what was left out. */
  readonly coarse: { height: number; width: number; stride: number } | null;
  /** Counts up from wish to wish. */
  readonly order: number;
}

export class ShownField {
  readonly #store: Pick<FieldStore, 'get'>;
  #field = $state.raw<Field | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  #loading = $state(false);
  #address = $state.raw<FieldAddress | null>(null);
  #wish: Wish | null = null;
  #wishes = 0;
  /** Order of the wish that is on the screen. */
  #shown = 0;
  #shownSeries = '';
  readonly #onTheirWay = new Set<Wish>();

  constructor(store: Pick<FieldStore, 'get'>) {
    this.#store = store;
  }

  get field(): Field | null {
    return this.#field;
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  /** Of what is wanted now. */
  get address(): FieldAddress | null {
    return this.#address;
  }
  get loading(): boolean {
    return this.#loading;
  }

  /** Null empties the picture. `inPassing`: the next one is about to be asked for. */
  show(wanted: FieldAddress | null, inPassing = false): void {
    if (wanted === null) {
      this.#wish = null;
      this.#address = null;
      this.#field = null;
      this.#failure = null;
      this.#loading = false;
      return;
    }
    const series = seriesPath(wanted);
    const coarse = inPassing && wanted.kind === 'file' ? this.#coarse(series) : null;
    const address: FieldAddress =
      coarse && wanted.kind === 'file' ? { kind: 'coarse', stride: coarse.stride, field: wanted } : wanted;
    const path = fieldPath(address);
    if (path === this.#wish?.path && this.#failure === null) return;
    this.#address = wanted;
    this.#wishes += 1;
    this.#wish = { address, path, series, coarse, order: this.#wishes };
    this.#loading = true;
    this.#fetchWish();
  }

  /** Of a series whose fields are large; their size is known from the one on the screen. */
  #coarse(series: string): Wish['coarse'] {
    const field = untrack(() => this.#field);
    if (!field || series !== this.#shownSeries) return null;
    const { height, width } = field;
    const stride = strideInPassing(field);
    return stride > 1 ? { height, width, stride } : null;
  }

  #fetchWish(): void {
    const wish = this.#wish;
    if (!wish || this.#onTheirWay.has(wish) || wish.order <= this.#shown) return;
    const alike = [...this.#onTheirWay].filter(({ series }) => series === wish.series);
    if (alike.length >= mostOnTheirWay) return;
    this.#onTheirWay.add(wish);
    this.#store.get(wish.address).then(
      (field) => this.#arrived(wish, field, null),
      (thrown: unknown) => this.#arrived(wish, null, failureOf(thrown)),
    );
  }

  #arrived(wish: Wish, field: Field | null, failure: ErrorData | null): void {
    this.#onTheirWay.delete(wish);
    const isLast = wish === this.#wish;
    const isOnTheWay = field !== null && wish.series === this.#wish?.series && wish.order > this.#shown;
    if (isLast || isOnTheWay) {
      this.#shown = wish.order;
      this.#shownSeries = wish.series;
      this.#field = field && wish.coarse ? passing(field, wish.coarse, wish.coarse.stride) : field;
      this.#failure = failure;
    }
    if (isLast) this.#loading = false;
    else this.#fetchWish();
  }
}
