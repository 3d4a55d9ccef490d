/** The contract over a real WebSocket: calls, streams, errors, two clients, and everything malformed. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Client } from '#main/cli/environment.ts';
import { DriftcastError } from '#shared/errors.ts';
import { contractPath } from '#shared/shell.ts';
import { type TestShell, testShell } from './shell.ts';

let shell: TestShell;
beforeAll(async () => {
  shell = await testShell();
});
afterAll(() => shell.close());

function socket(headers: Record<string, string> = {}, path = contractPath): WebSocket {
  const all = { cookie: shell.cookie, origin: shell.origin, ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return new WebSocket(`ws://127.0.0.1:${shell.shell.port}${path}`, { headers: sent });
}

function opened(webSocket: WebSocket): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    webSocket.on('open', () => resolve(webSocket));
    webSocket.on('error', reject);
  });
}

/** The status of a refused upgrade. */
function refused(webSocket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    webSocket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      webSocket.terminate();
    });
    webSocket.on('error', () => {});
    webSocket.on('open', () => reject(new Error('It was let in.')));
  });
}

function closed(webSocket: WebSocket): Promise<number> {
  return new Promise((resolve) => webSocket.on('close', (code) => resolve(code)));
}

async function client(): Promise<{ client: Client; webSocket: WebSocket }> {
  const webSocket = await opened(socket());
  const link = new RPCLink({ websocket: webSocket as unknown as globalThis.WebSocket });
  return { client: createORPCClient(link), webSocket };
}

describe('calls', () => {
  it('go there and back, as a page that is not trusted with paths', async () => {
    const { client: remote, webSocket } = await client();
    expect((await remote.datasets.list())[0]?.id).toBe('pacific-1');
    expect(shell.service.calls.at(-1)).toMatchObject({ name: 'datasets.list', trusted: false });
    webSocket.close();
  });

  it('fail with error data', async () => {
    const { client: remote, webSocket } = await client();
    shell.service.openError = new DriftcastError('damaged-file', 'It is cut short.', 'Copy it again.');
    await expect(remote.files.open({ path: 'a.nc' })).rejects.toMatchObject({
      data: { code: 'damaged-file', message: 'It is cut short.', hint: 'Copy it again.' },
    });
    await expect(remote.files.open({ path: '' })).rejects.toThrow();
    shell.service.openError = null;
    webSocket.close();
  });

  it('stream events, to two clients at once', async () => {
    const [first, second] = [await client(), await client()];
    const seen = await Promise.all(
      [first, second].map(async ({ client: remote }) => {
        const statuses: string[] = [];
        for await (const job of await remote.jobs.watch({ job: 'job-1' })) statuses.push(job.status);
        return statuses;
      }),
    );
    expect(seen).toEqual([
      ['running', 'done'],
      ['running', 'done'],
    ]);
    for (const { webSocket } of [first, second]) webSocket.close();
  });

  it('that never end can be left', async () => {
    const { client: remote, webSocket } = await client();
    const stop = new AbortController();
    const events = await remote.jobs.watchAll(undefined, { signal: stop.signal });
    expect((await events.next()).value).toMatchObject({ status: 'running' });
    const waiting = events.next();
    stop.abort();
    await expect(waiting).rejects.toThrow();
    expect((await remote.system.doctor()).threads).toBe(2);
    webSocket.close();
  });
});

describe('an upgrade is refused', () => {
  it.each([
    ['without the cookie', { cookie: '' }, 401],
    ['with a wrong cookie', { cookie: 'driftcast-1=x' }, 401],
    ['from another site', { origin: 'https://evil.example' }, 403],
    ['from another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['from a sandboxed frame', { origin: 'null' }, 403],
    ['without an origin', { origin: '' }, 403],
    ['under another name', { host: 'evil.example' }, 421],
  ])('%s', async (_why, headers, status) => {
    expect(await refused(socket(headers))).toBe(status);
  });

  it('at another address', async () => {
    expect(await refused(socket({}, '/other'))).toBe(404);
  });
});

describe('a message that is none', () => {
  it.each([
    ['no JSON', 'hello', 1007],
    ['no object', '[]', 1007],
    ['no request', '{"i":"1"}', 1007],
    ['a foreign address', '{"i":"1","p":{"u":"http://evil.example/files/open"}}', 1007],
    ['an unknown type', '{"i":"1","t":9}', 1007],
    ['a path upwards', '{"i":"1","p":{"u":"/../x"}}', 1007],
    ['bytes', Buffer.from([1, 2, 255]), 1008],
    ['too much', `{"i":"1","p":{"u":"/files/open","b":"${'x'.repeat(1_100_000)}"}}`, 1009],
  ])('(%s) closes its socket and nothing else', async (_what, message, code) => {
    const bystander = await client();
    const webSocket = await opened(socket());
    const end = closed(webSocket);
    webSocket.send(message);
    expect(await end).toBe(code);
    expect((await bystander.client.system.doctor()).threads).toBe(2);
    bystander.webSocket.close();
  });

  it('of an unknown call is answered as such', async () => {
    const webSocket = await opened(socket());
    const answer = new Promise<string>((resolve) => webSocket.on('message', (data) => resolve(String(data))));
    webSocket.send('{"i":"7","p":{"u":"/files/destroy"}}');
    expect(JSON.parse(await answer)).toMatchObject({ i: '7', p: { s: 404 } });
    webSocket.close();
  });
});

describe('closing', () => {
  it('ends open sockets politely and frees the port', async () => {
    const second = await testShell();
    const webSocket = new WebSocket(`ws://127.0.0.1:${second.shell.port}${contractPath}`, {
      headers: { cookie: second.cookie, origin: second.origin },
    });
    await opened(webSocket);
    const end = closed(webSocket);
    await second.close();
    expect(await end).toBe(1001);
    await expect(second.ask('/')).rejects.toThrow(/ECONNREFUSED/);
  });
});
