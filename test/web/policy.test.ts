/** The page's policy, and that the page can live with it: nothing inline, nothing evaluated, nothing from elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contentPolicy } from '#main/service/pageSecurity.ts';
import { loopback } from '#main/web/reach.ts';
import { root } from '../architecture/tree.ts';
import { testShell } from './shell.ts';

describe('the policy', () => {
  it('starts from nothing and allows neither inline nor evaluated scripts', () => {
    for (const policy of [contentPolicy(), contentPolicy('ws://127.0.0.1:1')]) {
      expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
    }
  });

  it('is kept by the page itself', () => {
    const page = readFileSync(join(root, 'renderer', 'index.html'), 'utf8');
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/<style|\son\w+=|https?:\/\/(?!www\.w3\.org)/);
    const svelte = readdirSync(join(root, 'renderer'), { recursive: true })
      .map(String)
      .filter((name) => /\.(svelte|ts)$/.test(name));
    for (const name of svelte)
      expect(readFileSync(join(root, 'renderer', name), 'utf8'), name).not.toMatch(
        /\beval\(|new Function\(|\{@html|innerHTML\s*=/,
      );
  });
});

describe('a tunnel', () => {
  it('of the same port serves the app as the machine itself would, and nobody beside it', async () => {
    const shell = await testShell();
    onTestFinished(() => shell.close());
    // What `ssh -L PORT:127.0.0.1:PORT` does: bytes in at one end, out at the other.
    const tunnel = createServer((near) => {
      const far = connect(shell.shell.port, loopback);
      near.pipe(far).pipe(near);
      for (const end of [near, far]) end.on('error', () => end.destroy());
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => void tunnel.close(() => resolve())));
    const { port } = tunnel.address() as { port: number };
    const ask = (host: string) =>
      new Promise<string>((resolve, reject) => {
        const line = connect(port, '127.0.0.1');
        let text = '';
        line.on('data', (chunk) => {
          text += String(chunk);
        });
        line.on('end', () => resolve(text.split('\r\n', 1)[0] ?? ''));
        line.on('error', reject);
        line.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${shell.cookie}\r\nConnection: close\r\n\r\n`);
      });
    expect(await ask(`127.0.0.1:${shell.shell.port}`)).toMatch(/ 200 /);
    expect(await ask(`localhost:${shell.shell.port}`)).toMatch(/ 200 /);
    // Another port at the near end is another origin, which the page would not be let in under.
    expect(await ask(`127.0.0.1:${port}`)).toMatch(/ 421 /);
  });

  it('is the only way in from elsewhere: the app listens on the machine itself alone', () => {
    expect(loopback).toBe('127.0.0.1');
  });
});
