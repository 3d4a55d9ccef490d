/**
 * The browser shell: the same window as the desktop app's, served to a browser on this machine alone (or with a
 * certificate to others), with the contract over WebSocket and fields over HTTP.
 */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createEncryptedServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { Access, tokenParameter } from './access.ts';
import { serveContract } from './contract.ts';
import { type Reach, thisMachine } from './reach.ts';
import { requestHandler } from './routes.ts';
import type { ShellService } from './shellService.ts';

/** Tried first when no port was asked for, so that the browser remembers one address. */
export const usualPort = 4787;
/** Uploads of several gigabytes take their time. */
const requestMinutes = 60;

export interface WebShellOptions {
  service: ShellService;
  rendererFolder: string;
  /** A port that must be had, 0 for any free one; null: the usual one, else any free one. */
  port: number | null;
  /** Where to listen; this machine alone when left out. */
  reach?: Reach;
}

export interface WebShell {
  port: number;
  /** With the token: whoever opens it is let in. The hash says what the window shows first. */
  address(hash?: string): string;
  close(): Promise<void>;
}

/** @throws `conflict` when the port is taken, `not-found` when the window was never built. */
export async function startWebShell(options: WebShellOptions): Promise<WebShell> {
  if (!existsSync(join(options.rendererFolder, 'index.html'))) {
    throw new DriftcastError(
      'not-found',
      'The window has not been built yet.',
      'Run npm run build, or start with npm start, which builds it.',
    );
  }
  const reach = options.reach ?? thisMachine;
  const manners = { requestTimeout: requestMinutes * 60_000, keepAliveTimeout: 5000 };
  const server =
    reach.tls === null ? createServer(manners) : createEncryptedServer({ ...manners, ...reach.tls });
  await listen(server, options.port, reach.listen);
  const { port } = server.address() as AddressInfo;
  const access = new Access(port, reach);
  server.on(
    'request',
    requestHandler({
      access,
      service: options.service,
      rendererFolder: options.rendererFolder,
      socketOrigin: (host) => {
        const scheme = reach.scheme === 'https' ? 'wss' : 'ws';
        return reach.knows(host, port) ? `${scheme}://${host}` : null;
      },
    }),
  );
  // The page is a face of its own: it may not name paths, only tokens.
  const contract = serveContract(server, access, options.service.router, { trusted: false });
  return {
    port,
    address: (hash = '') =>
      `${reach.scheme}://${reach.name}:${port}/?${new URLSearchParams({ [tokenParameter]: access.token })}${hash}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await contract.close();
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function listen(server: Server, wanted: number | null, host: string): Promise<void> {
  try {
    await listenOn(server, wanted ?? usualPort, host);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    const taken = code === 'EADDRINUSE' || code === 'EACCES';
    if (taken && wanted === null) await listenOn(server, 0, host);
    else if (taken) {
      const why = code === 'EACCES' ? 'may not be used by this account' : 'is already in use';
      throw new DriftcastError(
        'conflict',
        `Port ${wanted} ${why}.`,
        'Choose another with --port, or leave --port out for a free one.',
      );
    } else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new DriftcastError(
        'bad-input',
        `${host} is no address of this machine.`,
        'Give --host one of its own, or 0.0.0.0 for all of them.',
      );
    } else throw thrown;
  }
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(error);
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
