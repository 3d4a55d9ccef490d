/** Beyond this machine: encryption, names of the certificate alone, and everything else as strict as at home. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { otherMachines } from '#main/web/reach.ts';
import { contractPath } from '#shared/shell.ts';
import { type CertificateFiles, certificateFor } from '../certificate.ts';
import { type TestShell, testShell } from './shell.ts';

const names = { dns: ['workstation.example', '*.cluster.example'], ip: ['127.0.0.1', '::1'] };
let folder: string;
let files: CertificateFiles;
let shell: TestShell;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftcast-test-'));
  files = await certificateFor(folder, names);
  shell = await testShell(await otherMachines({ host: '127.0.0.1', ...files }));
});
afterAll(async () => {
  await shell?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  cookie: string;
  policy: string;
}

function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: shell.shell.port, path, headers, rejectUnauthorized: false };
    request(options, (response) => {
      response.resume();
      const { 'set-cookie': cookies, 'content-security-policy': policy } = response.headers;
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, cookie: cookies?.[0] ?? '', policy: String(policy) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

const token = () => {
  const { pathname, search } = new URL(shell.shell.address());
  return pathname + search;
};

describe('an address for other machines', () => {
  it('is encrypted, and its cookie never travels otherwise', async () => {
    expect(shell.shell.address()).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
    const { status, cookie } = await ask(token());
    expect(status).toBe(303);
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/; Secure$/);
    await expect(fetch(shell.shell.address().replace('https:', 'http:'))).rejects.toThrow();
  });

  it('answers under every name of its certificate and no other', async () => {
    const { port } = shell.shell;
    for (const name of ['127.0.0.1', '[::1]', 'workstation.example', 'node7.cluster.example'])
      expect((await ask(token(), { host: `${name}:${port}` })).status, name).toBe(303);
    for (const host of [
      `evil.example:${port}`,
      `localhost:${port}`,
      `127.0.0.2:${port}`,
      'workstation.example',
    ])
      expect((await ask(token(), { host })).status, host).toBe(421);
  });

  it('lets nobody in without the token', async () => {
    expect((await ask('/')).status).toBe(401);
    expect((await ask('/?token=wrong')).status).toBe(401);
  });

  it('lets its own page open the socket, and no other', async () => {
    const { port } = shell.shell;
    const host = `workstation.example:${port}`;
    const cookie = (await ask(token(), { host })).cookie.split(';')[0] ?? '';
    expect((await ask('/', { host, cookie })).policy).toContain(`connect-src 'self' wss://${host};`);
    const open = (origin: string) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(`wss://127.0.0.1:${port}${contractPath}`, {
          headers: { host, cookie, origin },
          rejectUnauthorized: false,
        });
        socket.on('open', () => {
          socket.close();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      });
    expect(await open(`https://${host}`)).toBe(true);
    for (const origin of [`http://${host}`, 'https://evil.example', `https://workstation.example`])
      expect(await open(origin), origin).toBe(false);
  });
});

describe('what is no good for encryption is told before anything starts', () => {
  const reach = (given: Partial<CertificateFiles>, host = '127.0.0.1') =>
    otherMachines({ host, ...files, ...given });

  it('another certificate’s key', async () => {
    const other = await certificateFor(folder, names);
    await expect(reach({ key: other.key })).rejects.toThrow(/is not the one of the certificate/);
  });

  it('a certificate that is over', async () => {
    const old = await certificateFor(folder, names, new Date('2020-01-01'));
    await expect(reach(old)).rejects.toThrow(/is good from Jan {2}1 .* 2020/);
  });

  it('a certificate for another machine', async () => {
    const other = await certificateFor(folder, { dns: ['other.example'] });
    await expect(reach(other, '10.1.2.3')).rejects.toThrow(
      /is for DNS:other\.example, which names nothing of 10/,
    );
  });

  it('files that are absent or something else', async () => {
    const text = join(folder, 'text.pem');
    await writeFile(text, 'no certificate');
    await expect(reach({ certificate: text })).rejects.toThrow(
      /holds nothing that can be used for encryption/,
    );
    await expect(reach({ key: text })).rejects.toThrow(/holds nothing/);
    await expect(reach({ key: join(folder, 'absent.pem') })).rejects.toThrow(/There is no file/);
  });

  it('and every address is printed as the name that the certificate knows', async () => {
    const own = await certificateFor(folder, { dns: [hostname()] });
    expect((await reach(own, '0.0.0.0')).name).toBe(hostname());
  });
});
