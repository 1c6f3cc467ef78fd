import { expect, it } from 'vitest';
import { send } from '../helpers/kubectl.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const { kubectl, k } = useTestCluster();

/** Of somebody called anna, whose key nobody has kept. */
const pem = [
  '-----BEGIN CERTIFICATE REQUEST-----',
  'MIGOMEICAQAwDzENMAsGA1UEAwwEYW5uYTAqMAUGAytlcAMhAOpnjyuR4A0qUYll',
  'ChF8npR6egmsk+jpmddt5pD3qgusoAAwBQYDK2VwA0EAJmnxwwvODAj9VU1TH0uJ',
  'kc1xX97DkpJyPNQMC7anBBAUI5A6JnitSccxjMizgJIT7rA8lQVvUlg4pOtHgpa0',
  'Dg==',
  '-----END CERTIFICATE REQUEST-----',
  '',
].join('\n');
const request = (name: string, text = pem) => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name },
  spec: {
    request: Buffer.from(text).toString('base64'),
    signerName: 'example.com/mine',
    usages: ['client auth'],
    expirationSeconds: 3600,
  },
});

it('requests for certificates are approved and denied', async () => {
  for (const name of ['anna', 'ben', 'cleo']) {
    const made = await send(kubectl, request(name), 'create');
    expect(made.stderr).toBe('');
  }
  const none = await send(kubectl, request('dora', 'none'), 'create');
  expect(none.stderr).toContain('spec.request: Invalid value: "bm9uZQ==": PEM block type must be CERTIFICATE REQUEST');
  expect(await k('certificate', 'approve', 'anna')).toContain('/anna approved');
  expect(await k('certificate', 'deny', 'ben')).toContain('/ben denied');
  const rows = await k('get', 'csr', '--no-headers');
  expect(rows).toMatch(/^anna +\d+s +example\.com\/mine +\S+ +60m +Approved\nben .* Denied\ncleo .* Pending\n$/);
  expect(await k('describe', 'csr', 'anna')).toMatch(
    /Signer: +example\.com\/mine\nRequested Duration: +60m\nStatus: +Approved\n/,
  );
});
