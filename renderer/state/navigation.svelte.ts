/** Keeps the window's address and what it shows in step, in both directions. */
import {
  type AddressParts,
  formatAddress,
  type ParameterName,
  type Parameters,
  type Place,
  parseAddress,
} from './address.ts';

/** Milliseconds between two writings while changes go on. */
const writePause = 400;
/** And after the last change. */
const quietPause = 100;

export class Navigation {
  #parts = $state.raw<AddressParts>(parseAddress(window.location.hash));
  #arrivals = $state(0);
  #writing: ReturnType<typeof setTimeout> | undefined;
  /** The address as it was written or come to last. */
  #known = window.location.hash;
  #written = Number.NEGATIVE_INFINITY;

  constructor() {
    window.addEventListener('hashchange', () => {
      clearTimeout(this.#writing);
      this.#known = window.location.hash;
      this.#parts = parseAddress(this.#known);
      this.#arrivals += 1;
    });
  }

  /** How often an address was followed from outside: a pasted one, a link, the back button. */
  get arrivals(): number {
    return this.#arrivals;
  }

  get place(): Place {
    return this.#parts.place;
  }

  parameter(name: ParameterName): string | null {
    return this.#parts.parameters[name] ?? null;
  }

  /** A whole number from 0; null where the address names none. */
  index(name: ParameterName): number | null {
    const value = this.parameter(name);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  /** A new entry in the browser's history: the back button returns from it. */
  go(place: Place, changes: Parameters | Partial<Record<ParameterName, string | null>> = {}): void {
    this.#write(place, changes, 'push');
  }

  /** Changes what is open without leaving the place, and without filling the history. */
  set(changes: Partial<Record<ParameterName, string | null>>): void {
    this.#write(this.place, changes, 'replace');
  }

  #write(
    place: Place,
    changes: Partial<Record<ParameterName, string | null>>,
    how: 'push' | 'replace',
  ): void {
    const parameters: Parameters = { ...this.#parts.parameters };
    for (const [name, value] of Object.entries(changes) as [ParameterName, string | null | undefined][]) {
      if (value === null || value === undefined || value === '') delete parameters[name];
      else parameters[name] = value;
    }
    const next = { place, parameters };
    const hash = formatAddress(next);
    if (hash === formatAddress(this.#parts)) return;
    this.#parts = next;
    clearTimeout(this.#writing);
    if (how === 'replace') {
      this.#replace();
      return;
    }
    history.pushState(null, '', hash);
    this.#known = window.location.hash;
  }

  /**
   * The first of many changes at once, then one every so often, and the last: browsers allow few a second, and each costs them a
   * request for the page's icon.
   */
  #replace(): void {
    const write = () => {
      // A link that was followed meanwhile is in the address already, and its event is on its way.
      if (window.location.hash !== this.#known) return;
      this.#written = performance.now();
      history.replaceState(null, '', formatAddress(this.#parts));
      this.#known = window.location.hash;
    };
    const wait = Math.min(quietPause, this.#written + writePause - performance.now());
    if (wait <= 0) write();
    else this.#writing = setTimeout(write, wait);
  }
}
