/** What the place one is in puts into the top bar: its choices beside the others, its actions at the end. */
import type { Snippet } from 'svelte';

export interface PlaceActions {
  /** Beside what is open. */
  choices?: Snippet;
  /** Before the machine's state. */
  actions?: Snippet;
}

export class TopBarActions {
  #shown = $state.raw<PlaceActions>({});

  get shown(): PlaceActions {
    return this.#shown;
  }

  /** Answers how to take them away again: the value of an effect. */
  show(actions: PlaceActions): () => void {
    this.#shown = actions;
    return () => {
      if (this.#shown === actions) this.#shown = {};
    };
  }
}
