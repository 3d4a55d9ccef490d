/** The field that a picture shows: the newest one asked for, with the one before kept until it has come. */
import { type FieldAddress, fieldPath } from '#shared/contract/fields.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import type { Field, FieldStore } from '../contract/fields.ts';

export class ShownField {
  readonly #store: FieldStore;
  #field = $state.raw<Field | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  #loading = $state(false);
  #address = $state.raw<FieldAddress | null>(null);
  #wanted = '';

  constructor(store: FieldStore) {
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

  /** Null empties the picture. */
  async show(address: FieldAddress | null): Promise<void> {
    const wanted = address === null ? '' : fieldPath(address);
    if (wanted === this.#wanted && this.#failure === null) return;
    this.#wanted = wanted;
    this.#address = address;
    if (address === null) {
      this.#field = null;
      this.#failure = null;
      this.#loading = false;
      return;
    }
    this.#loading = true;
    try {
      const field = await this.#store.get(address);
      if (this.#wanted !== wanted) return;
      this.#field = field;
      this.#failure = null;
    } catch (thrown) {
      if (this.#wanted !== wanted) return;
      this.#field = null;
      this.#failure = failureOf(thrown);
    }
    this.#loading = false;
  }
}
