/** The contract over WebSocket: one socket a page, each message bounded and well-formed or the socket closes. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Router } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isContractMessage, largestMessage } from '#main/service/contractMessage.ts';
import { contractPath } from '#shared/shell.ts';
import type { Access } from './access.ts';

const policyViolation = 1008;
const invalidPayload = 1007;
const goingAway = 1001;

export interface ContractSocket {
  close(): Promise<void>;
}

export function serveContract<Context extends Record<PropertyKey, unknown>>(
  server: Server,
  access: Access,
  // biome-ignore lint/suspicious/noExplicitAny: the router's own type parameter, whatever the contract is
  router: Router<any, Context>,
  context: Context,
): ContractSocket {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestMessage,
    perMessageDeflate: false,
  });
  const handler = new RPCHandler<Context>(router);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?', 1)[0];
    const refusal = path === contractPath ? access.refuse(request, 'write') : { status: 404 };
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      void handler.upgrade(onlyWellFormed(webSocket), { context } as never);
    });
  });
  return {
    async close() {
      for (const webSocket of sockets.clients) webSocket.close(goingAway, 'Driftcast is closing.');
      await new Promise<void>((resolve) => {
        const patience = setTimeout(() => {
          for (const webSocket of sockets.clients) webSocket.terminate();
        }, 1000);
        sockets.close(() => {
          clearTimeout(patience);
          resolve();
        });
      });
    },
  };
}

type Upgradable = Pick<WebSocket, 'addEventListener' | 'send'>;

/** Stands before the handler's listener: what is no message of the protocol ends the socket, not the process. */
function onlyWellFormed(webSocket: WebSocket): Upgradable {
  const send = (data: Parameters<WebSocket['send']>[0]) => {
    if (webSocket.readyState === webSocket.OPEN) webSocket.send(data);
  };
  const addEventListener = ((type: string, listener: (event: unknown) => void) => {
    if (type !== 'message') {
      webSocket.on(type, listener);
      return;
    }
    webSocket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) webSocket.close(policyViolation, 'Only text is understood here.');
      else if (isContractMessage(String(data))) listener({ data: String(data) });
      else webSocket.close(invalidPayload, 'This is no message of the contract.');
    });
  }) as WebSocket['addEventListener'];
  return { send: send as WebSocket['send'], addEventListener };
}
