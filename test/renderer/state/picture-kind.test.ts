import { describe, expect, it } from 'vitest';
import type { ParameterName } from '../../../renderer/state/address.ts';
import { drawAs, drawnAs, showFlow, shownFlow } from '../../../renderer/state/picture-kind.ts';

function address(picture: string | null) {
  let now = picture;
  return {
    parameter: () => now,
    set: (changes: Partial<Record<ParameterName, string | null>>) => {
      now = changes.picture ?? null;
    },
  };
}

describe('how data are drawn', () => {
  it('comes from the address, whatever else that says', () => {
    expect(drawnAs(address('vorticity,nothing,globe'), 'globe')).toBe(true);
    expect(drawnAs(address('globes'), 'globe')).toBe(false);
    expect(shownFlow(address(null))).toBe(null);
  });

  it('is the vorticity on the globe, where both are asked for', () => {
    const navigation = address(null);
    showFlow(navigation, 'vorticity');
    drawAs(navigation, 'globe', true);
    expect(navigation.parameter()).toBe('globe,vorticity');
    showFlow(navigation, 'speed');
    expect([shownFlow(navigation), drawnAs(navigation, 'globe')]).toEqual(['speed', true]);
    showFlow(navigation, null);
    drawAs(navigation, 'globe', false);
    expect(navigation.parameter()).toBe(null);
  });
});
