import { describe, expect, it } from 'vitest';
import { meshLayout } from '../../../renderer/state/mesh-frames.svelte.ts';

describe('the mesh behind variables', () => {
  it('is there where positions are, in the plane and in space', () => {
    const plane = meshLayout(['px', 'py', 'qx', 'qy'], { rows: 4, columns: 3 });
    expect(plane?.variables).toEqual(['qx', 'qy']);
    expect(plane?.dimensions).toBe(2);
    expect(plane?.mesh.nodes).toBe(12);
    const lattice = meshLayout(['qx', 'qy', 'qz'], { rows: 4, columns: 3, layers: 5 });
    expect(lattice?.dimensions).toBe(3);
    expect(lattice?.mesh.nodes).toBe(60);
  });

  it('is not seen in other data, nor in a lone line or a grid too large to be one', () => {
    expect(meshLayout(['sst'], { rows: 60, columns: 60 })).toBeNull();
    expect(meshLayout(['qx'], { rows: 10, columns: 10 })).toBeNull();
    expect(meshLayout(['qx', 'qy'], { rows: 1, columns: 10 })).toBeNull();
    expect(meshLayout(['qx', 'qy'], { rows: 721, columns: 1440 })).toBeNull();
  });
});
