/**
 * Particles that drift with a flow over its map, each with a short fading tail. They live in picture coordinates (0–1
 * to the right and upwards) of the flat map, so that whatever draws a map, flat or as a globe, draws them. On a sphere a
 * degree of longitude is shorter than one of latitude, and they cross it faster: their ways are the flow's own on every
 * projection. Seeded: the same frames give the same picture.
 */
import { Random } from '#shared/random.ts';
import type { MapGeometry } from './map-geometry.ts';

export interface Flow {
  /** Towards larger longitudes or columns, and towards larger latitudes or rows; [height, width], NaN or both 0 where nothing flows. */
  readonly u: Float32Array;
  readonly v: Float32Array;
  /** The speed that crosses the map in `crossSeconds`: one for all times, or the eye would see the flow slow down and speed up. */
  readonly fastest: number;
  /** -1 where columns or rows run against the axis that the component is along. */
  readonly signs: readonly [number, number];
}

export const particleCount = 700;
/** Points of a tail, the particle itself among them. */
const tail = 8;
const crossSeconds = 6;
/** A particle is born anew after as long, so that convergent flows do not gather all of them. */
const lifeSeconds = 3.5;
/** Close to a pole meridians are so close that a particle would jump. */
const leastCosine = 0.1;
/** Of a step of the integration; a tail's points are as far apart. */
const stepSeconds = 1 / 30;

export class FlowParticles {
  readonly #geometry: MapGeometry;
  readonly #random: Random;
  /** Of the latitudes of the picture's rows of cells, from below, and of its middle; 1 on a plane. */
  readonly #cosines: Float32Array;
  readonly #middleCosine: number;
  readonly #periodic: boolean;
  /** They are as dense as the earth's surface there, not as the flat map. */
  readonly #onGlobe: boolean;
  /** x and y of every tail's points, newest first: [particle][point][2]. */
  readonly #points = new Float32Array(particleCount * tail * 2);
  /** Points of the tail that are there. */
  readonly #lengths = new Uint8Array(particleCount);
  readonly #ages = new Float32Array(particleCount);
  #flow: Flow | null = null;
  #left = 0;
  /** Lines as pairs of points [x, y], and how strongly each point is drawn, 0–1. */
  readonly segments = new Float32Array(particleCount * (tail - 1) * 4);
  readonly strengths = new Float32Array(particleCount * (tail - 1) * 2);

  constructor(geometry: MapGeometry, { onGlobe = false, seed = 1 } = {}) {
    this.#geometry = geometry;
    this.#onGlobe = onGlobe;
    this.#periodic = geometry.periodic;
    this.#random = new Random(seed);
    const cosineAt = (v: number) => {
      const place = geometry.placeAt({ u: 0.5, v });
      return place ? Math.max(leastCosine, Math.cos(place.latitude * (Math.PI / 180))) : 1;
    };
    this.#cosines = Float32Array.from({ length: geometry.height }, (_, row) =>
      cosineAt(1 - (row + 0.5) / geometry.height),
    );
    this.#middleCosine = cosineAt(0.5);
    // As if they had been there all along: they are not all born, and do not all end, at the same time.
    for (let particle = 0; particle < particleCount; particle += 1) {
      this.#bear(particle);
      this.#ages[particle] = this.#random.uniform() * lifeSeconds;
    }
  }

  setFlow(flow: Flow): void {
    this.#flow = flow;
  }

  /** Where particles are now: x and y of each. */
  get places(): readonly [number, number][] {
    return Array.from({ length: particleCount }, (_, particle) => [
      this.#points[particle * tail * 2]!,
      this.#points[particle * tail * 2 + 1]!,
    ]);
  }

  /** Puts a particle somewhere, for a test. */
  place(particle: number, x: number, y: number): void {
    this.#points.set([x, y], particle * tail * 2);
    this.#lengths[particle] = 1;
    this.#ages[particle] = 0;
  }

  /** Moves all of them on, in even steps whatever the rate of the screen; what was missed for long is left out. */
  advance(seconds: number): void {
    this.#left += Math.min(seconds, 0.2);
    for (; this.#left >= stepSeconds; this.#left -= stepSeconds) this.#step();
    this.#draw();
  }

  /** Tails of full length at once, for a picture that stands still. */
  settle(): void {
    for (let step = 0; step < 2 * tail; step += 1) this.#step();
    this.#draw();
  }

  #step(): void {
    for (let particle = 0; particle < particleCount; particle += 1) {
      const at = particle * tail * 2;
      const [x, y] = [this.#points[at]!, this.#points[at + 1]!];
      const first = this.#motion(x, y);
      // The midpoint keeps a particle on its circle where Euler's step would leave it.
      const middle = first && this.#motion(x + first[0] / 2, y + first[1] / 2);
      this.#ages[particle]! += stepSeconds;
      const [nextX, nextY] = middle ? [this.#around(x + middle[0]), y + middle[1]] : [-1, -1];
      const gone =
        middle === null || this.#motion(nextX, nextY) === null || this.#ages[particle]! > lifeSeconds;
      if (gone) {
        this.#bear(particle);
        continue;
      }
      this.#points.copyWithin(at + 2, at, at + 2 * (tail - 1));
      this.#points[at] = nextX;
      this.#points[at + 1] = nextY;
      this.#lengths[particle] = Math.min(tail, this.#lengths[particle]! + 1);
    }
  }

  #bear(particle: number): void {
    const at = particle * tail * 2;
    this.#points[at] = this.#random.uniform();
    let y = this.#random.uniform();
    while (this.#onGlobe && this.#random.uniform() > this.#cosineAt(y)) y = this.#random.uniform();
    this.#points[at + 1] = y;
    this.#lengths[particle] = 1;
    this.#ages[particle] = 0;
  }

  #cosineAt(y: number): number {
    return this.#cosines[clamp(Math.floor(y * this.#cosines.length), this.#cosines.length)]!;
  }

  /** Who leaves the whole earth on one side comes back on the other. */
  #around(x: number): number {
    return this.#periodic ? x - Math.floor(x) : x;
  }

  /** The way of one step in picture coordinates; null off the map and where nothing flows: obstacles and land. */
  #motion(place: number, y: number): [number, number] | null {
    const flow = this.#flow;
    const { height, width, rowZeroOnTop, columnZeroOnLeft, aspect } = this.#geometry;
    const x = this.#around(place);
    if (!flow || !(x >= 0 && x < 1 && y >= 0 && y < 1)) return null;
    const column = (columnZeroOnLeft ? x : 1 - x) * width;
    const row = (rowZeroOnTop ? 1 - y : y) * height;
    const cell = Math.min(height - 1, Math.floor(row)) * width + Math.min(width - 1, Math.floor(column));
    const here = [flow.u[cell]!, flow.v[cell]!] as const;
    if (!Number.isFinite(here[0] + here[1]) || (here[0] === 0 && here[1] === 0)) return null;
    const share = stepSeconds / crossSeconds / flow.fastest;
    const size = { height, width, around: this.#periodic };
    const u = between(flow.u, row - 0.5, column - 0.5, size);
    const v = between(flow.v, row - 0.5, column - 0.5, size);
    const shrunk = this.#middleCosine / this.#cosineAt(y);
    // As fast upwards as to the right on the screen, whatever the shape of the map.
    return [u * share * shrunk * flow.signs[0], v * share * aspect * flow.signs[1]];
  }

  #draw(): void {
    let segment = 0;
    for (let particle = 0; particle < particleCount; particle += 1) {
      const length = this.#lengths[particle]!;
      const age = this.#ages[particle]!;
      // It comes and goes softly.
      const strength = Math.min(1, age * 4, Math.max(0, lifeSeconds - age) * 4);
      for (let point = 0; point < tail - 1; point += 1, segment += 1) {
        const from = (particle * tail + point) * 2;
        // On the flat map a piece that goes on at the other edge would cross all of it.
        const apart = Math.abs(this.#points[from]! - this.#points[from + 2]!) > 0.5;
        const drawn = point < length - 1 && (this.#onGlobe || !apart);
        for (const end of [0, 1] as const) {
          const at = drawn ? from + 2 * end : particle * tail * 2;
          this.segments[segment * 4 + end * 2] = this.#points[at]!;
          this.segments[segment * 4 + end * 2 + 1] = this.#points[at + 1]!;
          this.strengths[segment * 2 + end] = drawn ? strength * (1 - (point + end) / tail) : 0;
        }
      }
    }
  }
}

/** Bilinear between cell centres; missing neighbours count as still, as a wall is. `around`: the last column is beside the first. */
function between(
  values: Float32Array,
  row: number,
  column: number,
  { height, width, around }: { height: number; width: number; around: boolean },
): number {
  const [top, left] = [Math.floor(row), Math.floor(column)];
  const [down, right] = [row - top, column - left];
  const at = (r: number, c: number) => {
    const beside = around ? (c + width) % width : clamp(c, width);
    const value = values[clamp(r, height) * width + beside]!;
    return Number.isFinite(value) ? value : 0;
  };
  return (
    (at(top, left) * (1 - right) + at(top, left + 1) * right) * (1 - down) +
    (at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right) * down
  );
}

const clamp = (index: number, size: number) => Math.min(size - 1, Math.max(0, index));
