import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectKube } from '../lib/kube/kube.ts';
import { answerOf, askPod, type ComponentAnswer } from './proxy.ts';
import { fakeCluster } from './testing/fake-cluster.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proxy-'));
});
afterAll(() => rm(dir, { recursive: true }));

/** What comes back from a pod behind an API server. */
async function ask(listener: RequestListener): Promise<ComponentAnswer> {
  await using cluster = await fakeCluster(dir, {}, (request, response) => {
    listener(request, response);
    return true;
  });
  await using kube = await connectKube(cluster);
  return await askPod(kube, { namespace: 'production', pod: 'gateway-1-a', port: 8080, path: '/', timeoutMs: 2_000 });
}

describe('a component that is asked past all others', () => {
  it('may pour out a gigabyte: a megabyte of it is read', async () => {
    let sent = 0;
    const answer = await ask((_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 1024 && response.write(Buffer.alloc(1024 * 1024, ' '))) sent++;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(answer.text.length).toBeLessThanOrEqual(1024 * 1024);
    expect(sent).toBeLessThan(64);
  });

  it('may never end its answer', async () => {
    const answer = await ask((_, response) => void response.writeHead(200).write('{'));
    expect(answer).toMatchObject({ status: null, problem: 'no answer within 2 s' });
  });

  it('is told apart from the API server that could not reach it', async () => {
    const message = 'dial tcp 10.42.0.7:8080: connect: connection refused';
    const refused = await ask((_, response) => {
      response.writeHead(503).end(JSON.stringify({ kind: 'Status', status: 'Failure', message, code: 503 }));
    });
    expect(refused).toMatchObject({ status: null, problem: message });
    const own = await ask((_, response) => void response.writeHead(503).end('{"detail":"not now"}'));
    expect(answerOf(own)).toBe('503 {"detail":"not now"}');
  });
});
