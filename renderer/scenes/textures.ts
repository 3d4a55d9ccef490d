/** Numbers as textures: read texel by texel, without filters and colour conversion. */
import { DataTexture, FloatType, NearestFilter, NoColorSpace, RedFormat, Vector2 } from 'three';
import type { Field } from '../contract/fields.ts';

/** Marks a missing cell in the texture: comparisons with NaN are not reliable in every driver. */
const missing = 3e38;

/** What shaders know of a field (`cell.glsl`). */
export interface FieldUniforms {
  field: { value: DataTexture | null };
  cells: { value: Vector2 };
  stride: { value: number };
}

export const fieldUniforms = (): FieldUniforms => ({
  field: { value: null },
  cells: { value: new Vector2(1, 1) },
  stride: { value: 1 },
});

/** Brings a field to the graphics card; one of the size before goes into the same texture. */
export function uploadField(uniforms: FieldUniforms, field: Field): void {
  const { data, stride } = field.coarse ?? { data: field.data, stride: 1 };
  const [width, height] = [Math.ceil(field.width / stride), Math.ceil(field.height / stride)];
  uniforms.cells.value.set(field.width, field.height);
  uniforms.stride.value = stride;
  const before = uniforms.field.value;
  if (before && before.image.width === width && before.image.height === height) {
    fill(before.image.data as Float32Array, data);
    before.needsUpdate = true;
    return;
  }
  before?.dispose();
  const values = new Float32Array(data.length);
  fill(values, data);
  uniforms.field.value = texture(new DataTexture(values, width, height, RedFormat, FloatType));
}

/** Copies a field into a texture's values. */
function fill(target: Float32Array, source: Float32Array): void {
  for (let at = 0; at < source.length; at += 1) {
    const value = source[at] ?? Number.NaN;
    target[at] = Number.isNaN(value) ? missing : value;
  }
}

export function texture(made: DataTexture): DataTexture {
  made.minFilter = NearestFilter;
  made.magFilter = NearestFilter;
  made.generateMipmaps = false;
  made.colorSpace = NoColorSpace;
  made.needsUpdate = true;
  return made;
}
