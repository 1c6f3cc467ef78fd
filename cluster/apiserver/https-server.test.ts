import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import { servingCertificate } from './certificate.ts';
import { startHttpsServer, type HttpsServerOptions } from './https-server.ts';
import { kubeconfigFor } from './kubeconfig.ts';
import { createApiServer, type ApiServer, type AuditEntry } from './server.ts';

let dir: string;
let server: ApiServer;
let address: { port: number; ca: string };
let entries: AuditEntry[];

function open(
  path: string,
  options: { method?: string; token?: string; body?: string | Buffer; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  const { method = 'GET', token = 'secret', body, headers } = options;
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port: address.port,
        ca: address.ca,
        path,
        method,
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      },
      resolve,
    );
    request.on('error', reject);
    request.on('upgrade', () => reject(new Error('upgraded')));
    request.end(body);
  });
}

async function fetchJson(
  ...parameters: Parameters<typeof open>
): Promise<{ code: number; body: Record<string, unknown> }> {
  const response = await open(...parameters);
  return { code: response.statusCode ?? 0, body: JSON.parse(await text(response)) as Record<string, unknown> };
}

const namespace = (name: string) => JSON.stringify({ metadata: { name } });

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'apiserver-'));
  entries = [];
  server = createApiServer({ clock: new FakeClock(Date.now()), audit: (entry) => entries.push(entry) });
  address = await server.listen({ host: '127.0.0.1', port: 0, token: 'secret', dir });
});

afterEach(async () => {
  await server.close();
  await rm(dir, { recursive: true });
});

describe('the HTTPS front', () => {
  it('wants the token, save for version and health', async () => {
    expect(await fetchJson('/api/v1/namespaces', { token: 'wrong' })).toMatchObject({
      code: 401,
      body: { reason: 'Unauthorized' },
    });
    expect((await open('/readyz', { token: '' })).statusCode).toBe(200);
    expect((await fetchJson('/version', { token: '' })).body).toMatchObject({ major: '1', minor: '34' });
    expect((await fetchJson('/api/v1/namespaces')).code).toBe(200);
  });

  it('answers a body that is too large with 413, one that is no JSON with 400', async () => {
    const large = Buffer.alloc(4 * 1024 * 1024, ' ');
    // The server may close before all of it is sent; then there is no answer to read.
    const refused = open('/api/v1/namespaces', { method: 'POST', body: large }).then(
      ({ statusCode }) => statusCode,
      () => 413,
    );
    expect(await refused).toBe(413);
    expect((await fetchJson('/api/v1/namespaces', { method: 'POST', body: '{"a":' })).code).toBe(400);
    expect((await fetchJson('/api/v1/namespaces')).code).toBe(200);
  });

  it('takes YAML as well', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const body = 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n';
    expect((await fetchJson('/api/v1/namespaces', { method: 'POST', body, headers })).code).toBe(201);
  });

  it('streams a watch, and ends it when the server closes', async () => {
    const response = await open('/api/v1/namespaces?watch=true');
    const received = text(response);
    await fetchJson('/api/v1/namespaces', { method: 'POST', body: namespace('shop') });
    await server.close();
    const [line] = (await received.catch(() => '')).split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'shop' } } });
  });

  it('compresses large answers for those who take gzip', async () => {
    for (let index = 0; index < 40; index++) {
      const body = JSON.stringify({ metadata: { name: `n${index}`, annotations: { text: 'x'.repeat(4000) } } });
      await fetchJson('/api/v1/namespaces', { method: 'POST', body });
    }
    const response = await open('/api/v1/namespaces', { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers['content-encoding']).toBe('gzip');
    response.resume();
  });

  it('refuses upgrades without a token or to nowhere', async () => {
    const headers = { connection: 'Upgrade', upgrade: 'websocket' };
    const path = '/api/v1/namespaces/default/pods/web/exec';
    expect((await fetchJson(path, { headers, token: 'wrong' })).code).toBe(401);
    expect((await fetchJson('/api/v1/namespaces', { headers })).code).toBe(404);
  });

  it('tells the audit of changes, and of reads by programs that say who they are', async () => {
    await fetchJson('/api/v1/namespaces', {
      method: 'POST',
      body: namespace('shop'),
      headers: { 'user-agent': 'kubectl/v1' },
    });
    await fetchJson('/api/v1/namespaces/shop');
    await fetchJson('/api/v1/namespaces/shop/pods', { headers: { 'user-agent': 'kubectl/v1' } });
    const headers = { 'content-type': 'application/merge-patch+json' };
    const body = '{"metadata":{"labels":{"a":"b"}}}';
    await fetchJson('/api/v1/namespaces/shop?dryRun=All', { method: 'PATCH', body, headers });
    expect(entries).toMatchObject([
      {
        verb: 'create',
        resource: 'namespaces',
        name: 'shop',
        code: 201,
        userAgent: 'kubectl/v1',
        user: 'kubernetes-admin',
      },
      { verb: 'list', resource: 'pods', namespace: 'shop', code: 200, userAgent: 'kubectl/v1' },
      { verb: 'patch', name: 'shop', code: 200, dryRun: true, patch: { metadata: { labels: { a: 'b' } } } },
    ]);
  });
});

describe("an upgrade that fails by the server's own fault", () => {
  const upgrade = { headers: { connection: 'Upgrade', upgrade: 'websocket' } };
  const failure = new TypeError('no such luck');
  const fail = () => {
    throw failure;
  };

  it.for<[string, Partial<HttpsServerOptions>]>([
    ['when the user is looked for', { authenticate: fail }],
    ['when the connection is taken over', { upgrade: fail }],
  ])('is answered and told of: %s', async ([, broken]) => {
    const errors: unknown[] = [];
    const options = { host: '127.0.0.1', port: 0, token: 'secret', dir, nowMs: Date.now() };
    const started = await startHttpsServer({
      ...options,
      authenticate: () => ({ name: 'somebody', groups: [] }),
      handle: () => Promise.reject(new Error('nobody asks')),
      upgrade: () => {},
      onError: (error) => errors.push(error),
      ...broken,
    });
    address = started;
    const answer = await fetchJson('/api/v1/namespaces/default/pods/web/exec', upgrade);
    started.server.close();
    expect(answer).toMatchObject({ code: 500, body: { kind: 'Status', reason: 'InternalError' } });
    expect(errors).toEqual([failure]);
  });

  it('leaves the server at work when the audit fails', async () => {
    const errors: unknown[] = [];
    await using frail = createApiServer({
      clock: new FakeClock(Date.now()),
      audit: fail,
      onError: (error) => errors.push(error),
    });
    address = await frail.listen({ host: '127.0.0.1', port: 0, token: 'secret', dir });
    expect((await fetchJson('/api/v1/namespaces/default/pods/web/exec', upgrade)).code).toBe(500);
    expect(errors).toEqual([failure]);
    expect((await open('/readyz')).statusCode).toBe(200);
  });
});

describe('the certificate', () => {
  it('is kept for its owner only, and made anew when it is about to end', async () => {
    const path = join(dir, 'apiserver.pem.json');
    const kept = await readFile(path, 'utf8');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await servingCertificate(dir, Date.now())).toEqual(JSON.parse(kept));
    const renewed = await servingCertificate(dir, Date.now() + 360 * 24 * 60 * 60_000);
    expect(renewed.cert).not.toBe(address.ca);
  });
});

it('writes a kubeconfig that names everything alike', () => {
  const kubeconfig = kubeconfigFor({
    name: 'lab',
    url: 'https://127.0.0.1:1',
    ca: 'PEM',
    token: 't',
    namespace: 'shop',
  });
  expect(kubeconfig).toContain('current-context: lab');
  expect(kubeconfig).toContain('certificate-authority-data: UEVN');
});
