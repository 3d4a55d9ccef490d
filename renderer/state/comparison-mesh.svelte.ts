/** A forecast of a mesh of springs as meshes: which panes show one, what lies faintly behind it, where its fields are. */
import type { ForecastQuantity } from '#shared/contract/fields.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { FieldStore } from '../contract/fields.ts';
import { spreadFactor, trailStates } from './mesh-extras.ts';
import { MeshFrames, type MeshLayout, meshLayout, type StateAddress } from './mesh-frames.svelte.ts';
import { MeshLook } from './mesh-look.svelte.ts';
import type { Pane } from './panes.ts';

/** More would hide each other. */
const mostMembers = 20;
/** Fields that are positions; the others are differences of them, spreads and shares, which only a grid can show. */
const states: ReadonlySet<string> = new Set(['truth', 'mean', 'member', 'initial', 'other-mean']);

export class ComparisonMesh {
  readonly layout: MeshLayout;
  readonly look: MeshLook;
  readonly #forecast: Forecast;
  readonly #start: MeshFrames;

  private constructor(forecast: Forecast, layout: MeshLayout, store: FieldStore) {
    this.#forecast = forecast;
    this.layout = layout;
    this.look = new MeshLook(layout);
    this.#start = new MeshFrames(store);
  }

  /** Null for forecasts of anything else than a mesh in one layer. */
  static of(forecast: Forecast, store: FieldStore): ComparisonMesh | null {
    const names = (forecast.channels ?? []).map(({ name }) => name);
    const layout = meshLayout(names, { rows: forecast.height, columns: forecast.width });
    return layout && new ComparisonMesh(forecast, layout, store);
  }

  shows({ kind }: Pane): boolean {
    return states.has(kind);
  }

  /** How many times as large as they are spreads are drawn: the same at all leads. */
  get factor(): number {
    const positions = (this.#forecast.channels ?? []).filter(({ name }) =>
      this.layout.variables.includes(name),
    );
    return spreadFactor(Math.max(...positions.map(({ valueRange }) => valueRange.spreadMax)));
  }

  /** Makes the scales for the state that forecasts begin with. */
  async begin(start: number): Promise<void> {
    await this.#start.show([this.address(this.#forecast.id, 'initial', start, 0)]);
    this.look.setStart(this.#start.first);
  }

  address(forecast: string, quantity: ForecastQuantity, start: number, lead: number): StateAddress {
    return this.layout.variables.map((variable) => {
      const channel = this.#forecast.channels?.findIndex(({ name }) => name === variable) ?? 0;
      return [{ kind: 'forecast', forecast, quantity, channel, start, lead }];
    });
  }

  /** What came before a lead, from the start: of a trail. */
  before(forecast: string, quantity: ForecastQuantity, start: number, lead: number): StateAddress[] {
    const { mesh, variables } = this.layout;
    const count = this.#forecast.leads.length + 1;
    // The start comes before the first lead.
    return trailStates(lead + 1, count, { nodes: mesh.nodes, fields: variables.length }).map((at) =>
      at === 0
        ? this.address(forecast, 'initial', start, 0)
        : this.address(forecast, quantity, start, at - 1),
    );
  }

  /** Of the members whose nodes lie behind their mean. */
  members(start: number, lead: number): StateAddress[] {
    const { id, members } = this.#forecast;
    return Array.from({ length: Math.min(members, mostMembers) }, (_, i) =>
      this.address(id, `member-${i + 1}`, start, lead),
    );
  }
}
