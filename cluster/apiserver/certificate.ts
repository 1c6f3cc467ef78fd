import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bits, integer, octets, oid, sequence, set, tagged, time, utf8, yes } from './der.ts';

/** A certificate that is its own authority, and its key; PEM. */
export interface ServingCertificate {
  cert: string;
  key: string;
}

const lifetimeDays = 365;
const renewBeforeMs = 7 * 24 * 60 * 60_000;

/** What the server may be called, beside the machine's loopback: as pods know it. */
export interface ServerNames {
  hosts: readonly string[];
  /** IPv4. */
  addresses: readonly string[];
}

/**
 * The certificate kept in `dir`, or a new one when there is none, it ends within a week or lacks a name. The file is
 * for its owner's eyes.
 */
export async function servingCertificate(
  dir: string,
  nowMs: number,
  names: ServerNames = { hosts: [], addresses: [] },
): Promise<ServingCertificate> {
  const path = join(dir, 'apiserver.pem.json');
  const kept = await readKept(path);
  if (kept && isGood(new X509Certificate(kept.cert), nowMs, names)) return kept;

  const made = makeCertificate(nowMs, names);
  await mkdir(dir, { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(made), { mode: 0o600 });
  await chmod(temporary, 0o600);
  await rename(temporary, path);
  return made;
}

function isGood(certificate: X509Certificate, nowMs: number, { hosts, addresses }: ServerNames): boolean {
  if (Date.parse(certificate.validTo) - nowMs <= renewBeforeMs) return false;
  return hosts.every((host) => certificate.checkHost(host)) && addresses.every((ip) => certificate.checkIP(ip));
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

/** Made by hand: a library for it takes longer to load than the rest of the engine, and half its memory. */
function makeCertificate(nowMs: number, names: ServerNames): ServingCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8('kube-apiserver'))));
  const dayMs = 24 * 60 * 60_000;
  const content = sequence(
    tagged(0, true, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    name,
    // A clock that is a little behind must not refuse the certificate.
    sequence(time(nowMs - dayMs), time(nowMs + lifetimeDays * dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, true, sequence(...extensions(names))),
  );
  const signed = sequence(content, algorithm, bits(sign('sha256', content, privateKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function extensions({ hosts, addresses }: ServerNames): Buffer[] {
  const digitalSignature = 0x80;
  const keyEncipherment = 0x20;
  const certificateSigning = 0x04;
  const usage = Buffer.from([digitalSignature | keyEncipherment | certificateSigning]);
  const serverAuth = oid('1.3.6.1.5.5.7.3.1');
  const names = [
    ...['127.0.0.1', ...addresses].map((ip) => tagged(7, false, Buffer.from(ip.split('.').map(Number)))),
    ...['localhost', ...hosts].map((host) => tagged(2, false, Buffer.from(host))),
  ];
  return [
    sequence(oid('2.5.29.19'), yes, octets(sequence(yes))),
    sequence(oid('2.5.29.15'), yes, octets(bits(usage, 2))),
    sequence(oid('2.5.29.37'), octets(sequence(serverAuth))),
    sequence(oid('2.5.29.17'), octets(sequence(...names))),
  ];
}
