/**
 * What every page of the app may load and do, as response headers: one policy for the browser shell and the
 * desktop shell, starting from nothing at all.
 */

/** @param socketOrigin where the contract's WebSocket is, when it is not covered by 'self' in every browser */
export function contentPolicy(socketOrigin: string | null = null): string {
  const connect = socketOrigin === null ? "'self'" : `'self' ${socketOrigin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function pageHeaders(socketOrigin: string | null = null): Record<string, string> {
  return {
    'content-security-policy': contentPolicy(socketOrigin),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}
