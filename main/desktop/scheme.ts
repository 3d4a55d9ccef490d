/** The app:// scheme: the built window and the data plane, under the same policy as in a browser. */
import { pathToFileURL } from 'node:url';
import { errorResponse, fieldResponse, type PlainResponse } from '#main/service/fieldResponse.ts';
import { pageFile } from '#main/service/pageFile.ts';
import { pageHeaders } from '#main/service/pageSecurity.ts';
import { fieldPathPrefix } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { DesktopService, ElectronModule } from './parts.ts';

export const appScheme = 'app';
export const appOrigin = `${appScheme}://driftcast`;

/** Must run before Electron is ready. */
export function registerScheme({ protocol }: Pick<ElectronModule, 'protocol'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

export function serveScheme(
  { protocol, net }: Pick<ElectronModule, 'protocol' | 'net'>,
  rendererFolder: string,
  service: Pick<DesktopService, 'resolveField'>,
): void {
  protocol.handle(appScheme, async (request) => {
    const url = URL.canParse(request.url) ? new URL(request.url) : null;
    if (url === null || `${url.protocol}//${url.host}` !== appOrigin || request.method !== 'GET')
      return nothing();
    if (url.pathname.startsWith(fieldPathPrefix))
      return plain(await fieldResponse(url.pathname + url.search, service.resolveField));
    const file = pageFile(rendererFolder, url.pathname);
    if (file === null) return nothing();
    try {
      const asset = await net.fetch(pathToFileURL(file).href, { bypassCustomProtocolHandlers: true });
      const headers = new Headers(asset.headers);
      for (const [name, value] of Object.entries(pageHeaders())) headers.set(name, value);
      return new Response(asset.body, { status: asset.status, headers });
    } catch {
      return nothing();
    }
  });
}

function nothing(): Response {
  return plain(
    errorResponse(new DriftcastError('not-found', 'There is nothing at this address.', 'Reload the window.')),
  );
}

function plain({ status, headers, body }: PlainResponse): Response {
  return new Response(body, { status, headers: { ...headers, ...pageHeaders() } });
}
