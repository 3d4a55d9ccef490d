/**
 * Where the browser shell listens and under which names it answers: this machine alone, or, with a certificate, the
 * names that the certificate is for. What is not one of those names is refused (DNS rebinding).
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { DriftcastError } from '#shared/errors.ts';
import type { BeyondLoopback } from './commandLine.ts';

export const loopback = '127.0.0.1';

export interface Reach {
  readonly scheme: 'http' | 'https';
  /** The address to listen at. */
  readonly listen: string;
  /** PEM texts; null without encryption. */
  readonly tls: { cert: string; key: string } | null;
  /** The name in the printed address. */
  readonly name: string;
  /** True for a Host header that asks for us. */
  knows(host: string, port: number): boolean;
  /** What to do after asking under another name. */
  readonly hint: string;
}

export const thisMachine: Reach = {
  scheme: 'http',
  listen: loopback,
  tls: null,
  name: loopback,
  knows: (host, port) => host === `${loopback}:${port}` || host === `localhost:${port}`,
  hint: 'Open that address in a browser on the same machine.',
};

/**
 * @throws DriftcastError `bad-input` for files that are no certificate and its key, and for a certificate that is over,
 *   not yet good, or for none of this machine's names; `not-found` and `disk` for files that cannot be read
 */
export async function otherMachines({ host, certificate, key }: BeyondLoopback): Promise<Reach> {
  const [cert, secret] = [await pem(certificate), await pem(key)];
  const parsed = parse(cert, certificate, (text) => new X509Certificate(text));
  const fits = parse(secret, key, (text) => parsed.checkPrivateKey(createPrivateKey(text)));
  if (!fits)
    throw new DriftcastError(
      'bad-input',
      `The key in ${key} is not the one of the certificate in ${certificate}.`,
      'Give --tls-key the private key that the certificate was made with.',
    );
  const now = Date.now();
  if (now < Date.parse(parsed.validFrom) || now > Date.parse(parsed.validTo))
    throw new DriftcastError(
      'bad-input',
      `The certificate in ${certificate} is good from ${parsed.validFrom} to ${parsed.validTo}.`,
      'Renew it, or set the clock of this machine.',
    );
  const isFor = (name: string) =>
    (isIP(name) === 0 ? parsed.checkHost(name) : parsed.checkIP(name)) !== undefined;
  const name = ourNames(host).find(isFor);
  if (name === undefined)
    throw new DriftcastError(
      'bad-input',
      `The certificate in ${certificate} is for ${parsed.subjectAltName ?? parsed.subject}, which names nothing of ${host}.`,
      `Have it made for one of: ${ourNames(host).join(', ')}.`,
    );
  return {
    scheme: 'https',
    listen: host,
    tls: { cert, key: secret },
    name: isIP(name) === 6 ? `[${name}]` : name,
    knows(asked, port) {
      const at = asked.endsWith(`:${port}`) ? asked.slice(0, -`:${port}`.length) : port === 443 ? asked : '';
      return at !== '' && isFor(at.replace(/^\[(.*)\]$/, '$1'));
    },
    hint: 'Open that address, or the same with another name of its certificate.',
  };
}

/** What others may call the machine that listens at `host`. */
function ourNames(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host, hostname()];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [hostname(), ...addresses.filter(({ internal }) => !internal).map(({ address }) => address)];
}

async function pem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DriftcastError(
      absent ? 'not-found' : 'disk',
      absent ? `There is no file ${path}.` : `${path} cannot be read.`,
      'Check the path and its rights.',
      { cause },
    );
  }
}

function parse<Result>(text: string, path: string, read: (text: string) => Result): Result {
  try {
    return read(text);
  } catch (cause) {
    throw new DriftcastError(
      'bad-input',
      `${path} holds nothing that can be used for encryption.`,
      'Give a PEM file.',
      {
        cause,
      },
    );
  }
}
