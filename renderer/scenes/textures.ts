/** Numbers as textures: read texel by texel, without filters and colour conversion. */
import { type DataTexture, NearestFilter, NoColorSpace } from 'three';

/** Marks a missing cell in the texture: comparisons with NaN are not reliable in every driver. */
const missing = 3e38;

/** Copies a field into a texture's values. */
export function fill(target: Float32Array, source: Float32Array): void {
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
