/** Light or dark: the system's choice until the user makes one, remembered by the service and, for a start without a flash, here. */
import type { AppSettings } from '#shared/contract/index.ts';

export type ThemeChoice = AppSettings['theme'];
const key = 'driftcast-theme';

export class Theme {
  #choice = $state<ThemeChoice>('system');
  #systemDark = $state(false);
  readonly #save: (choice: ThemeChoice) => void;

  constructor(save: (choice: ThemeChoice) => void) {
    this.#save = save;
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => {
      this.#systemDark = event.matches;
      this.#apply();
    });
    this.take(remembered());
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  get dark(): boolean {
    return this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark';
  }

  /** Takes over a stored choice without saving it again. */
  take(choice: ThemeChoice): void {
    this.#choice = choice;
    this.#apply();
  }

  choose(choice: ThemeChoice): void {
    this.take(choice);
    this.#save(choice);
  }

  #apply(): void {
    document.documentElement.dataset.theme = this.dark ? 'dark' : 'light';
    try {
      localStorage.setItem(key, this.#choice);
    } catch {
      // A browser may forbid storage; the service remembers the choice anyway.
    }
  }
}

function remembered(): ThemeChoice {
  try {
    const stored = localStorage.getItem(key);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}
