/** The app:// scheme: the built window and the data plane, under the same policy as in a browser. */
import { isAbsolute, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorResponse, fieldResponse, type PlainResponse } from '#main/service/fieldResponse.ts';
import { pageHeaders } from '#main/service/pageSecurity.ts';
import { fieldPathPrefix } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { DesktopService } from './desktopService.ts';
import type { ElectronModule } from './electronModule.ts';

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
      return plain(refusal());
    if (url.pathname.startsWith(fieldPathPrefix))
      return plain(
        await fieldResponse(url.pathname + url.search, (address) => service.resolveField(address)),
      );
    const file = assetFile(rendererFolder, url.pathname);
    if (file === null) return plain(refusal());
    try {
      const asset = await net.fetch(pathToFileURL(file).href, { bypassCustomProtocolHandlers: true });
      const headers = new Headers(asset.headers);
      for (const [name, value] of Object.entries(pageHeaders())) headers.set(name, value);
      return new Response(asset.body, { status: asset.status, headers });
    } catch {
      return plain(refusal());
    }
  });
}

/** The file inside the folder that a path names; null for whatever would lie outside or is no plain path. */
export function assetFile(folder: string, pathname: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  // Backslashes and colons are separators and drives on Windows and in no name of ours anywhere.
  if (['\0', '\\', ':'].some((sign) => path.includes(sign))) return null;
  const file = resolve(folder, `.${path.endsWith('/') ? `${path}index.html` : path}`);
  const inside = relative(folder, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? null : file;
}

function refusal(): PlainResponse {
  return errorResponse(
    new DriftcastError('not-found', 'There is nothing at this address.', 'Reload the window.'),
  );
}

function plain({ status, headers, body }: PlainResponse): Response {
  return new Response(body, { status, headers: { ...headers, ...pageHeaders() } });
}
