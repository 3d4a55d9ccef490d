import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deletions } from '../../../renderer/state/deletions.svelte.ts';

function shell() {
  const hidden = new Set<string>();
  const shown: { id: number; run: () => void }[] = [];
  const app = {
    attempt: <T>(promise: Promise<T>) => promise,
    catalogue: {
      hide: (id: string) => void hidden.add(id),
      reveal: (id: string) => void hidden.delete(id),
      refresh: () => Promise.resolve(),
    },
    forget: vi.fn(),
    notices: {
      tell: (_message: string, action: { run: () => void }) => {
        shown.push({ id: shown.length + 1, run: action.run });
        return shown.length;
      },
      dismiss: vi.fn(),
    },
  };
  return {
    app: app as unknown as ConstructorParameters<typeof Deletions>[0],
    hidden,
    shown,
    forget: app.forget,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('what is deleted', () => {
  it('is gone from the window at once and from the disk a little later', async () => {
    const { app, hidden, forget } = shell();
    const remove = vi.fn(() => Promise.resolve({}));
    new Deletions(app).begin('ocean', 'Ocean', remove);
    expect([...hidden]).toEqual(['ocean']);
    expect(remove).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(remove).toHaveBeenCalledTimes(1);
    expect(forget).toHaveBeenCalledWith('ocean');
    expect(hidden.size).toBe(0);
  });

  it('comes back when that is undone, by its notice or because it is wanted again', async () => {
    const { app, hidden, shown } = shell();
    const remove = vi.fn(() => Promise.resolve({}));
    const deletions = new Deletions(app);
    deletions.begin('ocean', 'Ocean', remove);
    deletions.begin('mesh', 'Mesh', remove);
    shown[0]!.run();
    deletions.undo('mesh');
    deletions.undo('never deleted');
    expect(hidden.size).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(remove).not.toHaveBeenCalled();
  });
});
