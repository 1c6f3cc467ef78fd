import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { servingCertificate } from './certificate.ts';

const dayMs = 24 * 60 * 60_000;

it('makes a certificate that is its own authority, for loopback, and keeps it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'));
  const nowMs = Date.parse('2026-11-20T16:47:00Z');
  const made = await servingCertificate(dir, nowMs);
  const certificate = new X509Certificate(made.cert);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
  expect(certificate).toMatchObject({
    ca: true,
    subject: 'CN=kube-apiserver',
    issuer: 'CN=kube-apiserver',
    validFrom: 'Nov 19 16:47:00 2026 GMT',
    validTo: 'Nov 20 16:47:00 2027 GMT',
    keyUsage: ['1.3.6.1.5.5.7.3.1'],
  });
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('localhost')).toBe('localhost');
  expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  expect(await servingCertificate(dir, nowMs + 300 * dayMs)).toEqual(made);
  expect(await servingCertificate(dir, nowMs + 360 * dayMs)).not.toEqual(made);
});

it('is made anew when the server has got another name', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tls-'));
  const nowMs = Date.parse('2026-11-20T16:47:00Z');
  const before = await servingCertificate(dir, nowMs);
  const names = { hosts: ['kubernetes.default.svc'], addresses: ['10.43.0.1'] };
  const made = await servingCertificate(dir, nowMs, names);
  expect(made).not.toEqual(before);
  const certificate = new X509Certificate(made.cert);
  expect(certificate.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
  expect(certificate.checkIP('10.43.0.1')).toBe('10.43.0.1');
  expect(await servingCertificate(dir, nowMs, names)).toEqual(made);
});
