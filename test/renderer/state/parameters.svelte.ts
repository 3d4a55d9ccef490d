/** What a test's address names: as `Navigation` keeps it, without a window. */
import type { ParameterName } from '../../../renderer/state/address.ts';

export class Parameters {
  #all = $state.raw<Partial<Record<ParameterName, string | null>>>({});

  parameter(name: ParameterName): string | null {
    return this.#all[name] ?? null;
  }

  set(changes: Partial<Record<ParameterName, string | null>>): void {
    this.#all = { ...this.#all, ...changes };
  }
}
