import { describe, expect, it } from 'vitest';
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { Field, FieldStore } from '../../../renderer/contract/fields.ts';
import { MeshFrames, meshLayout } from '../../../renderer/state/mesh-frames.svelte.ts';

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

describe('states of a mesh', () => {
  const at = (time: number): FieldAddress => ({ kind: 'dataset', dataset: 'mesh', channel: 0, time });
  /** Answers when it is told to; the one value of each field is its time. */
  function slowStore() {
    const asked: number[] = [];
    const waiting: (() => void)[] = [];
    const get = (address: FieldAddress) => {
      const time = address.kind === 'dataset' ? address.time : -1;
      asked.push(time);
      return new Promise<Field>((resolve, reject) =>
        waiting.push(() =>
          time === 13
            ? reject(new Error('unreadable'))
            : resolve({ data: Float32Array.of(time), height: 1, width: 1, units: '', range: null, date: '' }),
        ),
      );
    };
    const answer = async () => {
      for (const go of waiting.splice(0)) go();
      await new Promise((resolve) => setTimeout(resolve));
    };
    return { store: { get } as unknown as FieldStore, asked, answer };
  }

  it('are read one after the other, and of those that wait only the newest', async () => {
    const { store, asked, answer } = slowStore();
    const frames = new MeshFrames(store);
    const done = [1, 2, 3, 4].map((time) => frames.show([[[at(time)]]])).at(-1)!;
    expect(asked).toEqual([1]);
    await answer();
    expect([asked, frames.first?.[0][0]]).toEqual([[1, 4], 1]);
    await answer();
    await done;
    expect([asked, frames.first?.[0][0]]).toEqual([[1, 4], 4]);
  });

  it('stay where one cannot be read, which is asked for anew', async () => {
    const { store, asked, answer } = slowStore();
    const frames = new MeshFrames(store);
    void frames.show([[[at(1)]]]);
    await answer();
    void frames.show([[[at(13)]]]);
    await answer();
    expect(frames.first?.[0][0]).toBe(1);
    void frames.show([[[at(13)]]]);
    expect(asked).toEqual([1, 13, 13]);
  });

  it('give way at once where another number of them is wanted', async () => {
    const { store, answer } = slowStore();
    const frames = new MeshFrames(store);
    void frames.show([[[at(1)]], [[at(2)]]]);
    void frames.show([]);
    await answer();
    expect(frames.states).toEqual([]);
  });
});
