/** What would be simulated: the system, its settings, obstacles and pulled nodes, how many trajectories, from which seed. */
import {
  describeSimulator,
  type Recipe,
  type SimulationParameter,
  type SimulationRequest,
  type SimulatorDescription,
  simulatorNamed,
} from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { type Checked, checkSettings, roomFor, type Settings } from './simulation-checks.ts';

const descriptions = simulatorEntries.map(describeSimulator);
/** Enough to learn from and soon there; the first run of a system should not take minutes. */
const usualTrajectories: Readonly<Record<string, number>> = {
  'spring-mesh': 20,
  'spring-mesh-3d': 20,
  'navier-stokes': 4,
};

interface Choices {
  readonly simulator: string;
  /** What differs from the defaults, by simulator, so that nothing is lost in looking at another. */
  readonly changes: Readonly<Record<string, Settings>>;
}

export class SimulationPlan {
  #choices = $state.raw<Choices>({ simulator: descriptions[0]?.name ?? '', changes: {} });
  #past: Choices[] = [];
  #undoable = $state(false);
  #lastKey = '';
  #recipe = $state.raw<Recipe | null>(null);
  #counts = $state.raw<Readonly<Record<string, number>>>({});
  seed = $state(1);
  readonly #checked = $derived.by((): Checked => checkSettings(this.simulator.name, this.values, this.seed));

  readonly simulators: readonly SimulatorDescription[] = descriptions;

  get simulator(): SimulatorDescription {
    const found = descriptions.find(({ name }) => name === this.#choices.simulator);
    return found ?? describeSimulator(simulatorNamed(simulatorEntries, 'spring-mesh'));
  }
  /** A named data set that is made as it is, in place of the choices; null: the choices. */
  get recipe(): Recipe | null {
    return this.#recipe;
  }
  get undoable(): boolean {
    return this.#undoable;
  }
  get trajectories(): number {
    return this.#counts[this.simulator.name] ?? usualTrajectories[this.simulator.name] ?? 1;
  }
  set trajectories(count: number) {
    this.#counts = { ...this.#counts, [this.simulator.name]: count };
  }

  /** Every setting, defaults where nothing was changed. */
  get values(): Settings {
    const defaults = this.simulator.parameters.map((parameter) => [parameter.key, parameter.default]);
    return { ...Object.fromEntries(defaults), ...this.#changes };
  }
  /** What keeps the settings from being simulated, what to know before, and the settings where they are sound. */
  get checked(): Checked {
    return this.#checked;
  }
  get changed(): boolean {
    return Object.keys(this.#changes).length > 0;
  }
  get frames(): number {
    return Number(this.values[this.simulator.steps]);
  }
  /** Of the file, to within its headers; null where the settings are not sound. */
  get bytes(): number | null {
    const room = roomFor(this.simulator.name, this.checked.settings);
    return room === null ? null : room * this.frames * this.trajectories;
  }
  get request(): SimulationRequest {
    return {
      simulator: this.simulator.name,
      settings: { ...this.#changes },
      trajectories: this.trajectories,
      seed: this.seed,
      splits: null,
      significantBits: null,
    };
  }

  choose(simulator: string): void {
    if (simulator === this.#choices.simulator || !descriptions.some(({ name }) => name === simulator)) return;
    this.#choices = { ...this.#choices, simulator };
    this.#recipe = null;
    this.#lastKey = '';
  }

  chooseRecipe(recipe: Recipe | null): void {
    this.#recipe = recipe;
  }

  /** Takes over the settings of one of a recipe's files, to be changed. */
  takeFrom(recipe: Recipe, file: Recipe['files'][number]): void {
    this.choose(recipe.simulator);
    this.#recipe = null;
    this.seed = file.seed;
    this.trajectories = file.trajectories;
    this.#change(file.settings, 'recipe');
  }

  parameter(key: string): SimulationParameter | null {
    return this.simulator.parameters.find((parameter) => parameter.key === key) ?? null;
  }

  /** Several changes at once are undone at once, and so are those of one slider in a row. */
  set(values: Settings): void {
    const changes = { ...this.#changes, ...values };
    for (const { key, default: usual } of this.simulator.parameters)
      if (JSON.stringify(changes[key]) === JSON.stringify(usual)) delete changes[key];
    const key = Object.keys(values).join();
    this.#change(changes, typeof Object.values(values)[0] === 'number' ? key : '');
  }

  reset(): void {
    this.#change({}, '');
  }

  undo(): void {
    const before = this.#past.pop();
    if (before) this.#choices = before;
    this.#lastKey = '';
    this.#undoable = this.#past.length > 0;
  }

  get #changes(): Record<string, unknown> {
    return { ...this.#choices.changes[this.#choices.simulator] };
  }

  #change(changes: Settings, key: string): void {
    if (key === '' || key !== this.#lastKey) this.#past = [...this.#past.slice(-49), this.#choices];
    this.#lastKey = key;
    this.#undoable = true;
    // A ready data set is made as it is: whoever changes something makes one of their own.
    this.#recipe = null;
    const { simulator } = this.#choices;
    this.#choices = { simulator, changes: { ...this.#choices.changes, [simulator]: changes } };
  }
}
