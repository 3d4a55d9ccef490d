/** The addresses of the browser shell: the page and its files, fields, uploads and downloads. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import sirv from 'sirv';
import { fieldResponse } from '#main/service/fieldResponse.ts';
import { pageHeaders } from '#main/service/pageSecurity.ts';
import { fieldPathPrefix } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { contractPath, parseDownloadPath, uploadNameHeader, uploadPath } from '#shared/shell.ts';
import { type Access, tokenParameter } from './access.ts';
import { notFound, send, sendError, sendRefusal } from './responses.ts';
import type { ShellService } from './shellService.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface Routes {
  access: Access;
  service: ShellService;
  /** The built window: index.html and its files. */
  rendererFolder: string;
  /** Where the contract's socket is for a page under this Host; null: under none of our names. */
  socketOrigin: (host: string) => string | null;
}

export function requestHandler(routes: Routes): RequestHandler {
  const { access, service } = routes;
  const assets = sirv(routes.rendererFolder, { dotfiles: false, etag: true });
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(pageHeaders(routes.socketOrigin(request.headers.host ?? ''))))
      response.setHeader(name, value);
    const target = request.url ?? '/';
    const [path = '/', query = ''] = target.split('?', 2);
    const reading = request.method === 'GET' || request.method === 'HEAD';
    if (path === '/' && reading && new URLSearchParams(query).has(tokenParameter)) {
      exchangeToken(access, query, request, response);
      return;
    }
    const refusal = access.refuse(request, reading ? 'read' : 'write');
    if (refusal) {
      sendRefusal(response, refusal);
      return;
    }
    if (path === uploadPath) await upload(service, request, response);
    else if (!reading) sendError(response, notFound(), 405);
    else if (path.startsWith(fieldPathPrefix))
      send(response, await fieldResponse(target, (address) => service.resolveField(address)));
    else if (path.startsWith('/downloads/')) await download(service, path, response);
    else if (path === contractPath) sendError(response, notFound(), 426);
    else {
      response.setHeader('cache-control', cacheRule(path));
      assets(request, response, () => sendError(response, notFound()));
    }
  };
  return (request, response) => {
    route(request, response).catch((thrown: unknown) => sendError(response, thrown));
  };
}

/** The address with the token becomes the cookie and the address without; what else it said is kept. */
function exchangeToken(
  access: Access,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const parameters = new URLSearchParams(query);
  const refusal =
    access.refuseOrigin(request) ??
    (access.tokenFits(parameters.get(tokenParameter))
      ? null
      : {
          status: 401,
          message: 'The token in this address is not the one of the running Driftcast.',
          hint: 'Open the address that Driftcast printed when it last started.',
        });
  if (refusal) {
    sendRefusal(response, refusal);
    return;
  }
  parameters.delete(tokenParameter);
  const rest = parameters.toString();
  response.writeHead(303, {
    location: rest === '' ? '/' : `/?${rest}`,
    'set-cookie': access.setCookie,
    'cache-control': 'no-store',
    'content-length': 0,
  });
  response.end();
}

/** Files with a hash in their name never change; the page itself must be asked for anew. */
function cacheRule(path: string): string {
  return path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache';
}

async function upload(
  service: ShellService,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'POST') {
    sendError(response, notFound(), 405);
    return;
  }
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  try {
    const name = fileName(request.headers[uploadNameHeader]);
    const { token } = await service.receiveUpload(name, request, Number.isFinite(length) ? length : null);
    send(response, {
      status: 201,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({ token }),
    });
  } catch (thrown) {
    // The rest of the body would otherwise be read as the next request.
    response.setHeader('connection', 'close');
    sendError(response, thrown);
  }
}

/** The last part of the name alone, whatever path it claims to have. */
function fileName(header: string | string[] | undefined): string {
  let name = '';
  try {
    name = decodeURIComponent(typeof header === 'string' ? header : '');
  } catch {
    // Not URI-encoded: refused below like an absent name.
  }
  const base = (name.split(/[/\\]/).at(-1) ?? '').replace(/\p{Cc}/gu, '').trim();
  if (base === '' || base === '.' || base === '..' || base.length > 255) {
    throw new DriftcastError(
      'bad-input',
      'The upload does not say what the file is called.',
      `Send its name, URI-encoded, in the header ${uploadNameHeader}.`,
    );
  }
  return base;
}

async function download(service: ShellService, path: string, response: ServerResponse): Promise<void> {
  const address = parseDownloadPath(path);
  if (address === null) throw notFound();
  const { name, type, content } = await service.resolveDownload(address);
  const headers = {
    'content-type': type,
    'cache-control': 'no-store',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
  };
  if ('text' in content) {
    send(response, { status: 200, headers, body: content.text });
    return;
  }
  const { size } = await stat(content.path);
  response.writeHead(200, { ...headers, 'content-length': size });
  await pipeline(createReadStream(content.path), response);
}
