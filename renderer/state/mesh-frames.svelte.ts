/** The positions of a mesh's nodes at a moment, from fields of the data plane that each hold one component. */
import { type FieldAddress, fieldPath } from '#shared/contract/fields.ts';
import type { VariableSummary } from '#shared/domain/file.ts';
import { buildMesh, type Mesh } from '#shared/domain/simulations/mesh.ts';
import type { FieldStore } from '../contract/fields.ts';
import type { Positions } from '../scenes/mesh-view.ts';

/** The components of the position in files of our simulator and of nn-benchmark. */
const components = ['qx', 'qy', 'qz'] as const;

export interface MeshLayout {
  readonly mesh: Mesh;
  readonly dimensions: 2 | 3;
  /** Names of the variables that hold x, y and, in space, z. */
  readonly variables: readonly string[];
}

/**
 * The mesh whose nodes lie on a grid of `rows` × `columns` (× `layers`), where the names among variables or channels tell
 * that positions are there; null for any other data.
 */
export function meshLayout(
  names: readonly string[],
  { rows, columns, layers = 1 }: { rows: number; columns: number; layers?: number },
): MeshLayout | null {
  const variables = components.filter((name) => names.includes(name));
  if (!variables.includes('qx') || !variables.includes('qy')) return null;
  if (rows * columns * layers > 40_000 || rows < 2 || columns < 2) return null;
  return {
    mesh: buildMesh({ columns, rows, layers }),
    dimensions: variables.includes('qz') ? 3 : 2,
    variables,
  };
}

/** Of an open file: the layout of its mesh, from the axes of its positions. */
export function meshOfFile(variables: readonly VariableSummary[]): MeshLayout | null {
  const axes = variables.find(({ name }) => name === 'qx')?.axes ?? [];
  const size = (role: 'x' | 'y') => axes.find((axis) => axis.role === role)?.size ?? 0;
  const layers = axes.find(({ name, role }) => role === 'other' && name === 'z')?.size ?? 1;
  return meshLayout(
    variables.map(({ name }) => name),
    { rows: size('y'), columns: size('x'), layers },
  );
}

/** Where one state of a mesh lies: addresses by component and layer, [2 or 3][layers]. */
export type StateAddress = readonly (readonly FieldAddress[])[];

/**
 * Keeps the newest states asked for; those of before stay until they have come. A state is read from many fields: while one
 * is read the next waits, and only the newest is read then, so that whoever moves through time waits for one at most.
 */
export class MeshFrames {
  readonly #store: FieldStore;
  #states = $state.raw<readonly Positions[]>([]);
  #wanted = '';
  #next: readonly StateAddress[] | null = null;
  #reading: Promise<void> | null = null;

  constructor(store: FieldStore) {
    this.#store = store;
  }

  get states(): readonly Positions[] {
    return this.#states;
  }
  get first(): Positions | null {
    return this.#states[0] ?? null;
  }

  /**
   * A field that cannot be read leaves the states of before; the picture of the variable itself says why.
   * @returns when the newest states asked for are there
   */
  show(states: readonly StateAddress[]): Promise<void> {
    const wanted = states.flat(2).map(fieldPath).join(' ');
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#next = states;
      this.#reading ??= this.#readAll();
    }
    return this.#reading ?? Promise.resolve();
  }

  async #readAll(): Promise<void> {
    while (this.#next !== null) {
      const states = this.#next;
      this.#next = null;
      const read = await Promise.all(states.map((state) => this.#read(state))).catch(() => null);
      const meanwhile = this.#next as readonly StateAddress[] | null;
      if (read === null && meanwhile === null) this.#wanted = '';
      // What came on the way is shown; another number of states is another kind of picture.
      if (read !== null && (meanwhile?.length ?? read.length) === read.length) this.#states = read;
    }
    this.#reading = null;
  }

  async #read(state: StateAddress): Promise<Positions> {
    const fields = await Promise.all(
      state.map((layers) => Promise.all(layers.map((layer) => this.#store.get(layer)))),
    );
    const [x, y, z] = fields.map((layers) => joined(layers.map(({ data }) => data)));
    const nodes = x?.length ?? 0;
    return [x ?? new Float32Array(), y ?? new Float32Array(nodes), z ?? new Float32Array(nodes)];
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
