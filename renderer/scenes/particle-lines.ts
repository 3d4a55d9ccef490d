/** Particles of a flow as lines on a map: they turn the colours below them round, so that they are seen on light and dark. */
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
  ZeroFactor,
} from 'three';
import { type Flow, FlowParticles } from './flow-particles.ts';
import type { MapGeometry } from './map-geometry.ts';

export class ParticleLines {
  readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  readonly #particles: FlowParticles;
  /** Whether they stand still: a person does not want movement. */
  readonly #still: boolean;
  #then: number | null = null;

  constructor(geometry: MapGeometry, still: boolean) {
    this.#particles = new FlowParticles(geometry);
    this.#still = still;
    const { segments, strengths } = this.#particles;
    const shape = new BufferGeometry();
    shape.setAttribute('position', new BufferAttribute(segments, 3).setUsage(DynamicDrawUsage));
    shape.setAttribute(
      'color',
      new BufferAttribute(new Float32Array(strengths.length * 4), 4).setUsage(DynamicDrawUsage),
    );
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
    this.lines = new LineSegments(shape, material);
    this.lines.frustumCulled = false;
    this.lines.renderOrder = 1;
  }

  setFlow(flow: Flow): void {
    this.#particles.setFlow(flow);
    if (!this.#still) return;
    this.#particles.settle();
    this.#upload();
  }

  /** @returns whether they go on moving */
  prepare(now: number): boolean {
    if (this.#still) return false;
    this.#particles.advance(this.#then === null ? 0 : (now - this.#then) / 1000);
    this.#then = now;
    this.#upload();
    return true;
  }

  dispose(): void {
    this.lines.geometry.dispose();
    this.lines.material.dispose();
  }

  #upload(): void {
    const { position, color } = this.lines.geometry.attributes as Record<
      'position' | 'color',
      BufferAttribute
    >;
    position.needsUpdate = true;
    const { strengths } = this.#particles;
    // Premultiplied, as the blending takes them.
    for (let at = 0; at < strengths.length; at += 1) {
      const strength = strengths[at]! * 0.85;
      color.array.fill(strength, at * 4, at * 4 + 4);
    }
    color.needsUpdate = true;
  }
}
