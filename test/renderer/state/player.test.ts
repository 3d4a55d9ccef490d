/** Playing waits for slow frames, turns at the end, and stops when one steps. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Player } from '../../../renderer/state/player.svelte.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Player', () => {
  it('plays on to the end and starts over', () => {
    const player = new Player({ count: () => 3, ready: () => true, speed: 4 });
    player.toggle();
    vi.advanceTimersByTime(500);
    expect(player.index).toBe(2);
    vi.advanceTimersByTime(250);
    expect(player.index).toBe(0);
  });

  it('waits for a frame that has not come', () => {
    let ready = false;
    const player = new Player({ count: () => 10, ready: () => ready, speed: 4 });
    player.toggle();
    vi.advanceTimersByTime(2000);
    expect(player.index).toBe(0);
    ready = true;
    vi.advanceTimersByTime(250);
    expect(player.index).toBe(1);
  });

  it('knows moves in quick succession from one that stays', () => {
    const player = new Player({ count: () => 50, ready: () => true });
    player.seek(3);
    expect(player.scrubbing).toBe(false);
    vi.advanceTimersByTime(20);
    player.seek(4);
    expect([player.scrubbing, player.index]).toEqual([true, 4]);
    vi.advanceTimersByTime(200);
    expect(player.scrubbing).toBe(false);
    player.step(1);
    expect(player.scrubbing).toBe(false);
  });

  it('stops playing when one steps, and stays inside the series', () => {
    const moved: number[] = [];
    const player = new Player({ count: () => 5, ready: () => true, moved: (index) => moved.push(index) });
    player.toggle();
    player.step(10);
    expect([player.playing, player.index]).toEqual([false, 4]);
    player.step(-10);
    expect(moved).toEqual([4, 0]);
  });
});
