/** How much of a dataset the engine keeps in memory is the user's to say. */
import { expect, it } from 'vitest';
import { memoryBudgetOf } from '#main/engine/handlers/prepared.ts';

it('takes the memory for data from the environment, and its own default where that says nothing', () => {
  expect(memoryBudgetOf({ DRIFTCAST_MEMORY_BYTES: '64000000' })).toEqual({ memoryBudget: 64e6 });
  for (const wrong of [undefined, '', 'much', '-5', '0', 'Infinity'])
    expect(memoryBudgetOf({ DRIFTCAST_MEMORY_BYTES: wrong })).toEqual({});
});
