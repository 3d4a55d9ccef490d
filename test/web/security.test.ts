/** Who is let in: a real server on loopback, asked by browsers, other sites, rebinding names and programs. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWebShell } from '#main/web/server.ts';
import { fakeService } from '../cli/fakeService.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type TestShell, testShell } from './shell.ts';

let shell: TestShell;
beforeAll(async () => {
  shell = await testShell();
});
afterAll(() => shell.close());

describe('the token', () => {
  it('becomes a cookie that scripts cannot read and other sites cannot send', async () => {
    const { pathname, search } = new URL(`${shell.shell.address()}&view=data`);
    const answer = await shell.ask(pathname + search);
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/?view=data');
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^driftcast-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain(new URLSearchParams(search).get('token'));
  });

  it.each(['', 'wrong', 'a'.repeat(32), '%00'])('%j lets nobody in', async (token) => {
    const answer = await shell.ask(`/?token=${token}`);
    expect(answer.status).toBe(401);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body.toString()).toContain('Open the address that Driftcast printed');
  });

  it('works only under our own name', async () => {
    const { pathname, search } = new URL(shell.shell.address());
    const answer = await shell.ask(pathname + search, { headers: { host: 'evil.example' } });
    expect(answer.status).toBe(421);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('without the cookie nothing is to be had', () => {
  const paths = [
    '/',
    '/index.html',
    '/assets/main-abc123.js',
    '/fields/dataset/d/0/1',
    '/downloads/forecast/f.nc',
  ];
  it.each(paths)('%s', async (path) => {
    for (const cookie of ['', 'driftcast=1', `driftcast-${shell.shell.port}=wrong`]) {
      const answer = await shell.ask(path, { headers: { cookie } });
      expect(answer.status).toBe(401);
      expect(answer.body.toString()).not.toMatch(/doctype|export|CDF/);
    }
  });

  it('not even an upload', async () => {
    const headers = { origin: shell.origin, 'x-file-name': 'a.nc' };
    expect((await shell.ask('/uploads', { method: 'POST', headers, body: 'x' })).status).toBe(401);
    expect(shell.uploads).toHaveLength(0);
  });
});

describe('with the cookie, but from elsewhere', () => {
  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost', 'driftcast.evil.example:80'])(
    'the Host %s is refused (DNS rebinding)',
    async (host) => {
      const answer = await shell.ask('/', { headers: { cookie: shell.cookie, host } });
      expect(answer.status).toBe(421);
    },
  );

  it('localhost is as good as 127.0.0.1', async () => {
    const host = `localhost:${shell.shell.port}`;
    expect((await shell.ask('/', { headers: { cookie: shell.cookie, host } })).status).toBe(200);
  });

  it.each([
    'https://evil.example',
    'null',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:PORT',
  ])('the Origin %s is refused', async (pattern) => {
    const origin = pattern.replace('PORT', String(shell.shell.port));
    const answer = await shell.ask('/fields/dataset/d/0/1', { headers: { cookie: shell.cookie, origin } });
    expect(answer.status).toBe(403);
  });

  it.each(['cross-site', 'same-site'])('a %s fetch is refused', async (site) => {
    const headers = { cookie: shell.cookie, 'sec-fetch-site': site };
    expect((await shell.ask('/fields/dataset/d/0/1', { headers })).status).toBe(403);
  });

  it('what writes must name its origin', async () => {
    const headers = { cookie: shell.cookie, 'x-file-name': 'a.nc' };
    expect((await shell.ask('/uploads', { method: 'POST', headers, body: 'x' })).status).toBe(403);
    expect(shell.uploads).toHaveLength(0);
  });
});

describe('the files of the window', () => {
  it('are served with the policy that starts from nothing', async () => {
    const answer = await shell.askAsPage('/');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.headers['cache-control']).toBe('no-cache');
    const policy = String(answer.headers['content-security-policy']);
    expect(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';")).toBe(true);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    const asset = await shell.askAsPage('/assets/main-abc123.js');
    expect(asset.headers['cache-control']).toContain('immutable');
    expect(asset.headers['content-type']).toContain('javascript');
  });

  it('carry the policy also when they refuse', async () => {
    for (const path of ['/', '/nothing', '/?token=x'])
      expect((await shell.ask(path)).headers['content-security-policy']).toContain("default-src 'none'");
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '//secret.txt',
    '/%00/../secret.txt',
    '/%',
    '/.hidden',
    'http://127.0.0.1/../secret.txt',
    '/etc/passwd',
  ])('%s leads nowhere', async (path) => {
    const answer = await shell.askAsPage(path);
    expect(answer.status).toBe(404);
    expect(answer.body.toString()).not.toContain('secret');
    expect(answer.body.toString()).not.toContain('hidden');
  });

  it('accept no other methods', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect((await shell.askAsPage('/', { method })).status, method).toBe(405);
  });
});

describe('the window', () => {
  it('that was never built is named in one sentence', async () => {
    const service = fakeService();
    const start = startWebShell({
      service: { ...service, resolveField: never, receiveUpload: never, resolveDownload: never },
      rendererFolder: await temporaryFolder(),
      port: 0,
    });
    await expect(start).rejects.toMatchObject({ message: 'The window has not been built yet.' });
  });

  it('may be asked to show something first', () => {
    expect(shell.shell.address('#/data?file=t')).toMatch(/\/\?token=[\w-]{32}#\/data\?file=t$/);
  });
});

describe('the port', () => {
  it('that is taken is named in one sentence', async () => {
    const service = fakeService();
    const rendererFolder = await temporaryFolder();
    await writeFile(join(rendererFolder, 'index.html'), '');
    const second = startWebShell({
      service: { ...service, resolveField: never, receiveUpload: never, resolveDownload: never },
      rendererFolder,
      port: shell.shell.port,
    });
    await expect(second).rejects.toMatchObject({
      code: 'conflict',
      message: `Port ${shell.shell.port} is already in use.`,
    });
  });
});

function never(): Promise<never> {
  return Promise.reject(new Error('not asked for'));
}
