import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A certificate that is its own authority, and its key; PEM. */
export interface ServingCertificate {
  cert: string;
  key: string;
}

const lifetimeDays = 365;
const renewBeforeMs = 7 * 24 * 60 * 60_000;

/**
 * The certificate kept in `dir`, or a new one when there is none or it ends within a week. It serves the
 * loopback address only; the file is for its owner's eyes.
 */
export async function servingCertificate(dir: string, nowMs: number): Promise<ServingCertificate> {
  const path = join(dir, 'apiserver.pem.json');
  const kept = await readKept(path);
  if (kept && Date.parse(new X509Certificate(kept.cert).validTo) - nowMs > renewBeforeMs) return kept;

  const made = await makeCertificate(nowMs);
  await mkdir(dir, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(made), { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
  return made;
}

async function readKept(path: string): Promise<ServingCertificate | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as ServingCertificate;
    // Throws when it is no certificate.
    const { validTo } = new X509Certificate(kept.cert);
    return validTo && kept.key ? kept : undefined;
  } catch {
    // Not there, or cut short: a new one takes its place.
    return undefined;
  }
}

async function makeCertificate(nowMs: number): Promise<ServingCertificate> {
  // A seventh of a second to load, and only needed where no certificate was kept.
  const { generate } = await import('selfsigned');
  const dayMs = 24 * 60 * 60_000;
  const made = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // A clock that is a little behind must not refuse the certificate.
    notBeforeDate: new Date(nowMs - dayMs),
    notAfterDate: new Date(nowMs + lifetimeDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
