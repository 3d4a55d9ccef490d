/** The app from another machine's point of view: a real server process, a browser that knows it by a name, encryption. */
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateFor } from '../certificate.ts';
import { startApp, type TestApp } from './app.ts';

const name = 'workstation.example';
let folder: string;
let app: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftcast-e2e-'));
  const { certificate, key } = await certificateFor(folder, { dns: [hostname(), name] });
  app = await startApp({
    words: ['--host', '0.0.0.0', '--port', '0', '--tls-cert', certificate, '--tls-key', key],
    flags: [`--host-resolver-rules=MAP ${name} 127.0.0.1`],
    address(printed) {
      printed.hostname = name;
      return printed.href;
    },
  });
});
afterAll(async () => {
  await app?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the app under a name of its certificate', () => {
  it('opens a sample and shows its picture: page, contract and fields all come through', async () => {
    const { page } = app;
    await expect.poll(() => page.url()).toMatch(new RegExp(`^https://${name}:\\d+/`));
    await expect.poll(() => page.url()).not.toContain('token');
    await page.getByRole('button', { name: /Open the sample: Surface ocean/ }).click();
    await page.locator('[data-testid=map][data-ready=true]').waitFor({ timeout: 60_000 });
    expect(app.complaints).toEqual([]);
  });
});
