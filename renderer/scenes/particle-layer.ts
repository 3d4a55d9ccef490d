/**
 * The particles of a flow as lines over a picture, flat or a globe, for as long as there is a flow. They turn the colours
 * below them round, so that they are seen on light and dark.
 */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DynamicDrawUsage,
  LineBasicMaterial,
  LineSegments,
  OneFactor,
  OneMinusDstColorFactor,
  OneMinusSrcAlphaFactor,
  type Scene,
  ZeroFactor,
} from 'three';
import { type Flow, FlowParticles } from './flow-particles.ts';
import type { MapGeometry } from './map-geometry.ts';

/** Where a place of the flat map (0–1, upwards) lies in the scene; null: out of sight. */
export type Placing = (x: number, y: number) => readonly [number, number] | null;

interface Drifting {
  readonly particles: FlowParticles;
  readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  readonly places: BufferAttribute;
  readonly colours: BufferAttribute;
}

export class ParticleLayer {
  readonly #scene: Scene;
  readonly #onGlobe: boolean;
  #placing: Placing = (x, y) => [x, y];
  #geometry: MapGeometry | null = null;
  #drifting: Drifting | null = null;
  /** Whether they stand still: a person does not want movement. */
  #still = false;
  #then: number | null = null;

  constructor(scene: Scene, { onGlobe = false } = {}) {
    this.#scene = scene;
    this.#onGlobe = onGlobe;
  }

  /** With another grid they begin anew, with the next flow. */
  setGeometry(geometry: MapGeometry): void {
    if (geometry !== this.#geometry) this.dispose();
    this.#geometry = geometry;
  }

  /** Lets particles drift with a flow on the grid; null takes them away. */
  setFlow(flow: Flow | null): void {
    if (!flow || !this.#geometry) {
      this.dispose();
      return;
    }
    this.#drifting ??= this.#begin(this.#geometry);
    const { particles } = this.#drifting;
    particles.setFlow(flow);
    if (!this.#still) return;
    particles.settle();
    this.#upload(this.#drifting);
  }

  place(placing: Placing): void {
    this.#placing = placing;
    if (this.#drifting) this.#upload(this.#drifting);
  }

  /** @returns whether they go on moving */
  prepare(now: number): boolean {
    if (!this.#drifting || this.#still) return false;
    this.#drifting.particles.advance(this.#then === null ? 0 : (now - this.#then) / 1000);
    this.#then = now;
    this.#upload(this.#drifting);
    return true;
  }

  dispose(): void {
    if (!this.#drifting) return;
    const { lines } = this.#drifting;
    this.#scene.remove(lines);
    lines.geometry.dispose();
    lines.material.dispose();
    this.#drifting = null;
    this.#then = null;
  }

  #begin(geometry: MapGeometry): Drifting {
    this.#still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const particles = new FlowParticles(geometry, { onGlobe: this.#onGlobe });
    const ends = particles.strengths.length;
    const attribute = (size: number) =>
      new BufferAttribute(new Float32Array(ends * size), size).setUsage(DynamicDrawUsage);
    const [places, colours] = [attribute(3), attribute(4)];
    const shape = new BufferGeometry();
    shape.setAttribute('position', places);
    shape.setAttribute('color', colours);
    const material = new LineBasicMaterial({
      vertexColors: true,
      transparent: true,
      depthTest: false,
      blending: CustomBlending,
      blendSrc: OneMinusDstColorFactor,
      blendDst: OneMinusSrcAlphaFactor,
      blendSrcAlpha: ZeroFactor,
      blendDstAlpha: OneFactor,
    });
    const lines = new LineSegments(shape, material);
    lines.frustumCulled = false;
    lines.renderOrder = 1;
    this.#scene.add(lines);
    return { particles, lines, places, colours };
  }

  #upload({ particles, places, colours }: Drifting): void {
    const { segments, strengths } = particles;
    for (let at = 0; at < strengths.length; at += 2) {
      const ends = [0, 1].map((end) => {
        const from = (at + end) * 2;
        return this.#placing(segments[from]!, segments[from + 1]!);
      });
      const seen = ends[0] && ends[1];
      for (const [end, place] of ends.entries()) {
        places.setXY(at + end, place?.[0] ?? 0, place?.[1] ?? 0);
        // Premultiplied, as the blending takes them.
        const strength = seen ? strengths[at + end]! * 0.85 : 0;
        colours.setXYZW(at + end, strength, strength, strength, strength);
      }
    }
    places.needsUpdate = true;
    colours.needsUpdate = true;
  }
}
