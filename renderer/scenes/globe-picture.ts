/** A field on a globe: coloured pixel by pixel like the flat map, with coasts and a graticule over it. */
import {
  Color,
  DataTexture,
  FloatType,
  GLSL3,
  type LineBasicMaterial,
  Mesh,
  NoColorSpace,
  OrthographicCamera,
  PlaneGeometry,
  RedFormat,
  RGBAFormat,
  Scene,
  ShaderMaterial,
  UnsignedByteType,
  Vector2,
  Vector4,
} from 'three';
import type { Field } from '../contract/fields.ts';
import type { ColourTable } from './colour-tables.ts';
import vertexShader from './field.vert.glsl?raw';
import type { Flow } from './flow-particles.ts';
import fragmentShader from './globe.frag.glsl?raw';
import { type GlobeCentre, graticule, linesOnDisc, pointOnDisc } from './globe.ts';
import { Lookup } from './lookup.ts';
import type { MapGeometry } from './map-geometry.ts';
import { ParticleLayer } from './particle-layer.ts';
import { lines, setEmpty, setFlip, setPoints, withCells } from './picture.ts';
import type { PictureSize, SceneColours, StagePicture } from './stage-picture.ts';
import { fieldUniforms, texture, uploadField } from './textures.ts';

/** Steps in which the places of longitudes and latitudes are tabled: a tenth of the finest cells in use. */
const samples = 4096;

export class GlobePicture implements StagePicture {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new OrthographicCamera(-1, 1, 1, -1, -1, 1);
  readonly #changed: () => void;
  readonly #coast = lines(0.85);
  readonly #graticule = lines(0.3);
  readonly #lookup = new Lookup();
  readonly #particles = new ParticleLayer(this.scene, { onGlobe: true });
  readonly #disc: Mesh<PlaneGeometry, ShaderMaterial>;
  readonly #uniforms = {
    ...fieldUniforms(),
    table: { value: null as DataTexture | null },
    limits: { value: new Vector2(0, 1) },
    flip: { value: new Vector2() },
    land: { value: new Color() },
    hatch: { value: new Color() },
    empty: { value: new Color() },
    lookup: { value: null as DataTexture | null },
    curvilinear: { value: false },
    pixelRatio: { value: 1 },
    centre: { value: new Vector2() },
    extent: { value: new Vector4() },
    across: { value: null as DataTexture | null },
    down: { value: null as DataTexture | null },
  };
  #field: Field | null = null;
  #geometry: MapGeometry | null = null;
  #coasts: readonly (readonly [number, number])[][] = [];
  #centre: GlobeCentre = { longitude: 0, latitude: 0 };
  #zoom = 1;

  constructor(element: HTMLElement, changed: () => void) {
    this.element = element;
    this.#changed = changed;
    const material = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader: withCells(fragmentShader),
      depthTest: false,
      uniforms: this.#uniforms,
    });
    // The shader takes what runs from corner to corner for places on the disc.
    const square = new PlaneGeometry(2, 2);
    square.setAttribute('uv', square.getAttribute('position').clone());
    this.#disc = new Mesh(square, material);
    this.scene.add(this.#disc, this.#graticule, this.#coast);
  }

  get shown(): boolean {
    return this.#field !== null;
  }

  setField(field: Field | null): void {
    if (field === this.#field) return;
    this.#field = field;
    if (field) uploadField(this.#uniforms, field);
    this.#changed();
  }

  setScale(table: ColourTable, min: number, max: number): void {
    if (this.#uniforms.table.value?.name !== table.name) {
      this.#uniforms.table.value?.dispose();
      const made = texture(new DataTexture(table.rgba, 256, 1, RGBAFormat, UnsignedByteType));
      made.name = table.name;
      this.#uniforms.table.value = made;
    }
    this.#uniforms.limits.value.set(min, max > min ? max : min + 1e-6);
    this.#changed();
  }

  /** Of a grid with latitudes and longitudes; any other leaves the globe empty. */
  setGeometry(geometry: MapGeometry): void {
    const { extent } = geometry;
    if (!extent) return;
    this.#geometry = geometry;
    this.#particles.setGeometry(geometry);
    const { west, east, south, north } = extent;
    this.#uniforms.lookup.value = this.#lookup.use(geometry);
    this.#uniforms.curvilinear.value = geometry.lookup !== null;
    setFlip(this.#uniforms.flip.value, geometry);
    this.#uniforms.extent.value.set(west, east, south, north);
    const tabled = (at: (share: number) => number) =>
      texture(
        new DataTexture(
          Float32Array.from({ length: samples }, (_, i) => at(i / (samples - 1))),
          samples,
          1,
          RedFormat,
          FloatType,
        ),
      );
    this.#uniforms.across.value?.dispose();
    this.#uniforms.down.value?.dispose();
    this.#uniforms.across.value = tabled(
      (share) => geometry.project(west + share * (east - west), north)?.u ?? 0,
    );
    this.#uniforms.down.value = tabled(
      (share) => geometry.project(west, north - share * (north - south))?.v ?? 0,
    );
    this.#changed();
  }

  /** Lets particles drift with a flow on the grid; null takes them away. */
  setFlow(flow: Flow | null): void {
    this.#particles.setFlow(flow);
    this.#changed();
  }

  setCoastlines(coasts: readonly (readonly [number, number])[][]): void {
    this.#coasts = coasts;
    this.look(this.#centre, this.#zoom);
  }

  /** @param zoom 1 shows the whole disc */
  look(centre: GlobeCentre, zoom: number): void {
    this.#centre = centre;
    this.#zoom = zoom;
    this.#uniforms.centre.value.set((centre.longitude * Math.PI) / 180, (centre.latitude * Math.PI) / 180);
    setPoints(this.#coast, linesOnDisc(this.#coasts, centre));
    setPoints(this.#graticule, linesOnDisc(graticule, centre));
    this.#particles.place((x, y) => {
      const place = this.#geometry?.placeAt({ u: x, v: 1 - y });
      const point = place && pointOnDisc(place.longitude, place.latitude, centre);
      return point ? [point.x, point.y] : null;
    });
    this.#changed();
  }

  setColours(colours: SceneColours): void {
    this.#uniforms.land.value.setStyle(colours.land, NoColorSpace);
    this.#uniforms.hatch.value.setStyle(colours.hatch, NoColorSpace);
    setEmpty(this.#uniforms.empty.value, colours);
    (this.#coast.material as LineBasicMaterial).color.set(colours.coast);
    (this.#graticule.material as LineBasicMaterial).color.set('#ffffff');
    this.#changed();
  }

  prepare({ width, height, ratio }: PictureSize, now: number): boolean {
    this.#uniforms.pixelRatio.value = ratio;
    const { camera } = this;
    const [x, y] = discReach({ width, height }, this.#zoom);
    [camera.left, camera.right, camera.bottom, camera.top] = [-x, x, -y, y];
    camera.updateProjectionMatrix();
    return this.#particles.prepare(now);
  }

  dispose(): void {
    this.#lookup.release();
    this.#particles.dispose();
    for (const { value } of [
      this.#uniforms.field,
      this.#uniforms.table,
      this.#uniforms.across,
      this.#uniforms.down,
    ])
      value?.dispose();
    this.#disc.geometry.dispose();
    this.#disc.material.dispose();
    for (const drawn of [this.#coast, this.#graticule]) {
      drawn.geometry.dispose();
      (drawn.material as LineBasicMaterial).dispose();
    }
  }
}

/** How far a picture reaches from the middle of the disc to its right and upper rim, in radii of the globe. */
export function discReach(
  { width, height }: { width: number; height: number },
  zoom: number,
): [number, number] {
  const radius = (Math.min(width, height) / 2) * 0.96 * zoom;
  return [width / 2 / radius, height / 2 / radius];
}
