/** A certificate of a test's own, made anew and signed by itself. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** Writes PEM files for names and addresses into `folder`, good from `from` for a day. */
export async function certificateFor(
  folder: string,
  names: { dns?: string[]; ip?: string[] },
  from = new Date(Date.now() - 3_600_000),
): Promise<CertificateFiles> {
  const altNames = [
    ...(names.dns ?? []).map((value) => ({ type: 2 as const, value })),
    ...(names.ip ?? []).map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: 'driftcast test' }], {
    keySize: 2048,
    notBeforeDate: from,
    notAfterDate: new Date(from.getTime() + 86_400_000),
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const id = Math.random().toString(36).slice(2);
  const files = { certificate: join(folder, `${id}-cert.pem`), key: join(folder, `${id}-key.pem`) };
  await writeFile(files.certificate, made.cert);
  await writeFile(files.key, made.private);
  return files;
}
