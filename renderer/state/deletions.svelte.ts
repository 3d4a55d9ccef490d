/** Deletes with a way back: what is deleted is gone from the window at once and from the disk a little later. */
import type { App } from './app.svelte.ts';

const graceMilliseconds = 8000;

type Shell = Pick<App, 'attempt' | 'catalogue' | 'forget' | 'notices'>;

export class Deletions {
  readonly #app: Shell;
  /** By id: what takes a deletion back. */
  readonly #pending = new Map<string, () => void>();

  constructor(app: Shell) {
    this.#app = app;
  }

  begin(id: string, name: string, remove: () => Promise<unknown>): void {
    const { catalogue, notices } = this.#app;
    catalogue.hide(id);
    const notice = notices.tell(`“${name}” is being deleted.`, { label: 'Undo', run: () => this.undo(id) });
    const timer = setTimeout(async () => {
      this.#pending.delete(id);
      notices.dismiss(notice);
      const removed = await this.#app.attempt(remove());
      if (removed !== null) this.#app.forget(id);
      await this.#app.attempt(catalogue.refresh());
      catalogue.reveal(id);
    }, graceMilliseconds);
    this.#pending.set(id, () => {
      clearTimeout(timer);
      notices.dismiss(notice);
      catalogue.reveal(id);
    });
  }

  /** As long as it is not gone from the disk; afterwards, and for what nobody deletes, nothing happens. */
  undo(id: string): void {
    this.#pending.get(id)?.();
    this.#pending.delete(id);
  }
}
