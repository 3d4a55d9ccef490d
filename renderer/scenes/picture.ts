/** A map on the stage: its field as a float texture, its colours, and the lines drawn over it. */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  DataTexture,
  GLSL3,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  NoColorSpace,
  OrthographicCamera,
  PlaneGeometry,
  RGBAFormat,
  Scene,
  ShaderMaterial,
  UnsignedByteType,
  Vector2,
} from 'three';
import type { Field } from '../contract/fields.ts';
import cellShader from './cell.glsl?raw';
import type { ColourTable } from './colour-tables.ts';
import fragmentShader from './field.frag.glsl?raw';
import vertexShader from './field.vert.glsl?raw';
import type { Flow } from './flow-particles.ts';
import { Lookup } from './lookup.ts';
import type { MapGeometry } from './map-geometry.ts';
import { ParticleLayer } from './particle-layer.ts';
import type { PictureSize, SceneColours, StagePicture } from './stage-picture.ts';
import { fieldUniforms, texture, uploadField } from './textures.ts';

const coastOpacity = 0.75;
const graticuleOpacity = 0.28;

/** The part of the picture that is shown, in picture coordinates; the whole is 0, 0, 1, 1. */
export interface Window {
  left: number;
  top: number;
  width: number;
  height: number;
}

export class Picture implements StagePicture {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new OrthographicCamera(0, 1, 1, 0, -1, 1);
  readonly #changed: () => void;
  readonly #material: ShaderMaterial;
  readonly #uniforms = fieldUniforms();
  readonly #limits = new Vector2(0, 1);
  readonly #flip = new Vector2(0, 0);
  readonly #land = new Color();
  readonly #hatch = new Color();
  readonly #empty = new Color();
  readonly #lookup = new Lookup();
  readonly #square: Mesh;
  readonly #coast = lines(coastOpacity);
  readonly #graticule = lines(graticuleOpacity);
  #field: Field | null = null;
  #table: DataTexture | null = null;
  #shown = false;
  readonly #particles = new ParticleLayer(this.scene);

  constructor(element: HTMLElement, changed: () => void) {
    this.element = element;
    this.#changed = changed;
    this.#material = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader: withCells(fragmentShader),
      depthTest: false,
      uniforms: {
        ...this.#uniforms,
        table: { value: null },
        limits: { value: this.#limits },
        flip: { value: this.#flip },
        land: { value: this.#land },
        hatch: { value: this.#hatch },
        empty: { value: this.#empty },
        lookup: { value: null },
        curvilinear: { value: false },
        pixelRatio: { value: 1 },
      },
    });
    this.#square = new Mesh(new PlaneGeometry(1, 1).translate(0.5, 0.5, 0), this.#material);
    this.scene.add(this.#square, this.#graticule, this.#coast);
  }

  /** Whether there is a field to draw. */
  get shown(): boolean {
    return this.#shown;
  }

  setField(field: Field | null): void {
    if (field === this.#field) return;
    this.#field = field;
    this.#shown = field !== null;
    if (field) uploadField(this.#uniforms, field);
    this.#changed();
  }

  setScale(table: ColourTable, min: number, max: number): void {
    const before = this.#table;
    if (!before || before.name !== table.name) {
      before?.dispose();
      this.#table = texture(new DataTexture(table.rgba, 256, 1, RGBAFormat, UnsignedByteType));
      this.#table.name = table.name;
      this.#set('table', this.#table);
    }
    this.#limits.set(min, max > min ? max : min + 1e-6);
    this.#changed();
  }

  /** Lets particles drift with a flow on the picture's own grid; null takes them away. */
  setFlow(flow: Flow | null): void {
    this.#particles.setFlow(flow);
    this.#changed();
  }

  setGeometry(geometry: MapGeometry): void {
    this.#particles.setGeometry(geometry);
    setFlip(this.#flip, geometry);
    const lookup = this.#lookup.use(geometry);
    this.#set('lookup', lookup);
    this.#set('curvilinear', lookup !== null);
    const points: number[] = [];
    for (const { at } of geometry.meridians()) points.push(at, 0, 0, at, 1, 0);
    for (const { at } of geometry.parallels()) points.push(0, 1 - at, 0, 1, 1 - at, 0);
    setPoints(this.#graticule, Float32Array.from(points));
    this.setCoastline(null);
  }

  setCoastline(segments: Float32Array | null): void {
    setPoints(this.#coast, segments ?? new Float32Array());
    this.#changed();
  }

  setWindow(part: Window): void {
    this.camera.left = part.left;
    this.camera.right = part.left + part.width;
    this.camera.top = 1 - part.top;
    this.camera.bottom = 1 - part.top - part.height;
    this.camera.updateProjectionMatrix();
    this.#changed();
  }

  setColours(colours: SceneColours): void {
    // As written in the style sheet: the canvas shows what the shader puts out, without conversion.
    this.#land.setStyle(colours.land, NoColorSpace);
    this.#hatch.setStyle(colours.hatch, NoColorSpace);
    setEmpty(this.#empty, colours);
    (this.#coast.material as LineBasicMaterial).color.set(colours.coast);
    (this.#graticule.material as LineBasicMaterial).color.set('#ffffff');
    this.#changed();
  }

  /** A pixel for each column that has come. */
  enough(width: number): number | null {
    const coarse = this.#field?.coarse;
    if (!coarse) return null;
    return (
      (Math.ceil((this.#field?.width ?? 0) / coarse.stride) * (this.camera.right - this.camera.left)) / width
    );
  }

  prepare({ ratio }: PictureSize, now: number): boolean {
    this.#set('pixelRatio', ratio);
    // Lines are a pixel wide: where pixels are large they must not stand out.
    const share = this.#field?.coarse ? Math.min(1, ratio) : 1;
    (this.#coast.material as LineBasicMaterial).opacity = coastOpacity * share;
    (this.#graticule.material as LineBasicMaterial).opacity = graticuleOpacity * share;
    return this.#particles.prepare(now);
  }

  dispose(): void {
    this.#uniforms.field.value?.dispose();
    this.#particles.dispose();
    this.#lookup.release();
    this.#table?.dispose();
    this.#material.dispose();
    this.#square.geometry.dispose();
    for (const drawn of [this.#coast, this.#graticule]) {
      drawn.geometry.dispose();
      (drawn.material as LineBasicMaterial).dispose();
    }
  }

  #set(name: string, value: unknown): void {
    const uniform = this.#material.uniforms[name];
    if (uniform) uniform.value = value;
  }
}

/** A fragment shader that knows the colour of the cell at a place. */
export function withCells(shader: string): string {
  return `precision highp float;\nprecision highp sampler2D;\n${cellShader}\n${shader}`;
}

/** Which way round textures lie on the picture, whose places count from its lower left corner. */
export function setFlip(flip: Vector2, { lookup, columnZeroOnLeft, rowZeroOnTop }: MapGeometry): void {
  if (lookup) flip.set(0, 1);
  else flip.set(columnZeroOnLeft ? 0 : 1, rowZeroOnTop ? 1 : 0);
}

/** Between land and background: where there are no cells at all. */
export function setEmpty(empty: Color, { land, panel }: SceneColours): void {
  empty.setStyle(land, NoColorSpace).lerp(new Color().setStyle(panel, NoColorSpace), 0.5);
}

export function lines(opacity: number): LineSegments {
  const material = new LineBasicMaterial({ transparent: true, opacity, depthTest: false });
  const segments = new LineSegments(new BufferGeometry(), material);
  segments.frustumCulled = false;
  return segments;
}

export function setPoints(segments: LineSegments, points: Float32Array): void {
  segments.geometry.dispose();
  segments.geometry = new BufferGeometry();
  segments.geometry.setAttribute('position', new BufferAttribute(points, 3));
  segments.visible = points.length > 0;
}
