/**
 * Who may talk to the browser shell. Every program and every web page on this machine can reach a port on
 * 127.0.0.1, so each request must show that it comes from our own page: by its Host (against DNS
 * rebinding), by its Origin (against other sites' scripts and sockets) and by a cookie that only the address
 * printed on the terminal can obtain.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Reach } from './reach.ts';

export const tokenParameter = 'token';

export type Refusal = { status: number; message: string; hint: string };

export class Access {
  /** Part of the printed address; exchanged for the cookie. */
  readonly token = randomBytes(24).toString('base64url');
  readonly #session = randomBytes(24).toString('base64url');
  readonly #port: number;
  readonly #reach: Reach;

  constructor(port: number, reach: Reach) {
    this.#port = port;
    this.#reach = reach;
  }

  /** Cookies know no ports, so two apps on one machine need names of their own. */
  get #cookieName(): string {
    return `driftcast-${this.#port}`;
  }

  get setCookie(): string {
    const secure = this.#reach.scheme === 'https' ? '; Secure' : '';
    return `${this.#cookieName}=${this.#session}; HttpOnly; SameSite=Strict; Path=/${secure}`;
  }

  tokenFits(given: string | null): boolean {
    return given !== null && sameSecret(given, this.token);
  }

  /** Host and Origin alone: what even the exchange of the token must satisfy. */
  refuseOrigin(request: IncomingMessage): Refusal | null {
    const { host, origin } = request.headers;
    if (host === undefined || !this.#reach.knows(host, this.#port)) {
      return {
        status: 421,
        message: 'Driftcast answers only under the address that it printed.',
        hint: this.#reach.hint,
      };
    }
    if (origin !== undefined && origin !== `${this.#reach.scheme}://${host}`) return foreign;
    return null;
  }

  /**
   * The whole check. What changes something or opens a socket must name its origin, as browsers always do;
   * what only reads may not come from another site's page either.
   */
  refuse(request: IncomingMessage, kind: 'read' | 'write'): Refusal | null {
    const refusal = this.refuseOrigin(request);
    if (refusal) return refusal;
    if (kind === 'write' && request.headers.origin === undefined) return foreign;
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return foreign;
    if (!this.#cookieFits(request.headers.cookie)) {
      return {
        status: 401,
        message: 'This browser has not been let in.',
        hint: 'Open the whole address that Driftcast printed when it started, with its token.',
      };
    }
    return null;
  }

  #cookieFits(header: string | undefined): boolean {
    return (header ?? '').split(';').some((pair) => {
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      return at > 0 && name === this.#cookieName && sameSecret(pair.slice(at + 1).trim(), this.#session);
    });
  }
}

const foreign: Refusal = {
  status: 403,
  message: 'Another site asked for this; only Driftcast’s own page may.',
  hint: 'Open the address that Driftcast printed.',
};

/** Compares digests, so that neither length nor content shows in the time it takes. */
function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
