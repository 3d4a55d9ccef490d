import { describe, expect, it } from 'vitest';
import { lackingIn, type PaneSources } from '../../../renderer/state/pane-lacking.ts';

const all: PaneSources = { truth: true, flow: null, file: null, other: 'there' };

describe('a pane', () => {
  it('lacks nothing where everything is there', () => {
    for (const kind of ['truth', 'anomaly', 'climatology', 'file', 'other-mean'] as const)
      expect(lackingIn({ kind }, all)).toBe(null);
  });

  it.each(['anomaly', 'truth-anomaly', 'climatology'] as const)(
    'says that the speed has no climatology in place of %s, which the vorticity has',
    (kind) => {
      expect(lackingIn({ kind }, { ...all, flow: 'speed' })).toMatch(/climatology of the speed/);
      expect(lackingIn({ kind }, { ...all, flow: 'vorticity' })).toBe(null);
    },
  );

  it('says what there is to do, or that there is nothing', () => {
    expect(lackingIn({ kind: 'error' }, { ...all, truth: false })).toMatch(/No truth yet/);
    expect(lackingIn({ kind: 'other-mean' }, { ...all, other: 'to be chosen' })).toMatch(/Choose a second/);
    expect(lackingIn({ kind: 'other-mean' }, { ...all, other: 'none' })).toMatch(/no second forecast/);
    expect(lackingIn({ kind: 'difference' }, { ...all, other: 'elsewhere' })).toMatch(/no such start/);
    expect(lackingIn({ kind: 'file' }, { ...all, file: 'Choose a file first.' })).toMatch(/file/);
  });
});
