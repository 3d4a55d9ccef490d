/** What the window has to tell outside of any form: failures with their hint, and deletions that can be undone. */
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';

export interface Notice {
  readonly id: number;
  readonly kind: 'failure' | 'message';
  readonly message: string;
  readonly hint: string;
  readonly details: string | null;
  readonly action: { label: string; run: () => void } | null;
}

export class Notices {
  #list = $state.raw<readonly Notice[]>([]);
  #next = 1;

  get list(): readonly Notice[] {
    return this.#list;
  }

  fail(thrown: unknown): void {
    const failure: ErrorData = failureOf(thrown);
    if (failure.code === 'cancelled') return;
    if (this.#list.some((notice) => notice.message === failure.message)) return;
    this.#add({
      kind: 'failure',
      message: failure.message,
      hint: failure.hint,
      details: failure.details ?? null,
      action: null,
    });
  }

  tell(message: string, action: Notice['action'] = null): number {
    return this.#add({ kind: 'message', message, hint: '', details: null, action });
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next;
    this.#next += 1;
    this.#list = [...this.#list.slice(-3), { ...notice, id }];
    return id;
  }
}
