/** Half a minute of clicking around without a plan: no error, nothing left on the GPU. The hour is `npm run bench -- --only soak`. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { installInstruments } from './instruments.ts';
import { walk } from './walk.ts';

let app: TestApp;

beforeAll(async () => {
  app = await startApp({ beforeOpening: installInstruments });
});
afterAll(() => app?.close());

it('a random walk over the controls meets no error and leaves nothing on the GPU', async () => {
  const { steps, findings, rests } = await walk(app, { seed: 7, seconds: 30, legSteps: 60 });
  expect(findings).toEqual([]);
  expect(steps).toBeGreaterThan(20);
  // The one canvas stays, with the four textures of a texel each that three.js fills empty places with.
  expect(rests.at(-1)).toMatchObject({ contexts: 1, textures: 4, buffers: 0 });
});
