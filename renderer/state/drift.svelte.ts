/** The velocity that carries particles over a picture: both components of what the picture shows at the moment. */
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { FieldStore } from '../contract/fields.ts';
import type { Flow } from '../scenes/flow-particles.ts';
import type { Navigation } from './navigation.svelte.ts';
import { ShownField } from './shown-field.svelte.ts';

export interface Velocity {
  readonly u: FieldAddress;
  readonly v: FieldAddress;
  /** Of all times; null while it is not known: then the first frame says it. */
  readonly fastest: number | null;
  readonly signs: readonly [number, number];
}

/** Whether particles are wanted, which the address remembers. */
export const showsParticles = (navigation: Pick<Navigation, 'parameter'>) =>
  navigation.parameter('particles') === 'on';

export class Drift {
  readonly #u: ShownField;
  readonly #v: ShownField;
  readonly #velocity: () => Velocity | null;

  /** While a component is made. @param velocity null where nothing drifts */
  constructor(store: Pick<FieldStore, 'get'>, velocity: () => Velocity | null) {
    this.#u = new ShownField(store);
    this.#v = new ShownField(store);
    this.#velocity = velocity;
    $effect(() => {
      const wanted = velocity();
      this.#u.show(wanted?.u ?? null);
      this.#v.show(wanted?.v ?? null);
    });
  }

  /** Null until both components are there. */
  get flow(): Flow | null {
    const velocity = this.#velocity();
    const [u, v] = [this.#u.field, this.#v.field];
    if (!velocity || !u || !v || u.height !== v.height || u.width !== v.width) return null;
    const measured = [u, v].flatMap(({ range }) => (range ? [-range.min, range.max] : []));
    const fastest = velocity.fastest ?? Math.max(0, ...measured);
    return fastest > 0 ? { u: u.data, v: v.data, fastest, signs: velocity.signs } : null;
  }
}
