/** Writes answers to HTTP responses: always with the page's policy, never with more than was meant. */
import type { ServerResponse } from 'node:http';
import type { PlainResponse } from '#main/service/fieldResponse.ts';
import { errorResponse } from '#main/service/fieldResponse.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Refusal } from './access.ts';

export function send(response: ServerResponse, plain: PlainResponse): void {
  const length = typeof plain.body === 'string' ? Buffer.byteLength(plain.body) : plain.body.byteLength;
  response.writeHead(plain.status, { ...plain.headers, 'content-length': length });
  response.end(plain.body);
}

/** People land here by an old address, so it is a page in words; programs read the same words. */
export function sendRefusal(response: ServerResponse, { status, message, hint }: Refusal): void {
  send(response, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'close',
    },
    body: `${message}\n${hint}\n`,
  });
}

export function sendError(response: ServerResponse, thrown: unknown, status?: number): void {
  if (response.headersSent) response.destroy();
  else send(response, errorResponse(thrown, status));
}

export function notFound(): DriftcastError {
  return new DriftcastError('not-found', 'There is nothing at this address.', 'Go back to the start page.');
}
