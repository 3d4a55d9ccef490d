/** Equal names become different ones, and different ones stay as they are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distinctNames } from '#shared/names.ts';

describe('names', () => {
  it('stay as they were given where nothing else has them', () => {
    const names = distinctNames([
      { id: 'a', name: 'Pacific', created: '2026-11-14T10:32:00' },
      { id: 'b', name: 'Atlantic', created: '2026-11-14T10:32:00' },
    ]);
    expect([...names]).toEqual([
      ['a', 'Pacific'],
      ['b', 'Atlantic'],
    ]);
  });

  it('get the time of their making, and a number where that is the same too', () => {
    const names = distinctNames([
      { id: 'c', name: 'Pacific', created: '2026-11-14T10:32:40' },
      { id: 'b', name: 'Pacific', created: '2026-11-14T10:32:10' },
      { id: 'a', name: 'Pacific', created: '2026-11-03T09:05:00' },
    ]);
    expect(names.get('a')).toBe('Pacific · 3 Nov 09:05');
    expect(names.get('b')).toBe('Pacific · 14 Nov 10:32 (1)');
    expect(names.get('c')).toBe('Pacific · 14 Nov 10:32 (2)');
  });

  it('are all different, whatever was given', () => {
    const times = fc.constantFrom('2026-11-14T10:32:40', '2026-11-14T10:33:00', 'not a time');
    const entry = fc.record({ name: fc.constantFrom('a', 'b'), created: times });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        const names = distinctNames(entries.map((each, at) => ({ ...each, id: String(at) })));
        expect(new Set(names.values()).size).toBe(entries.length);
      }),
    );
  });
});
