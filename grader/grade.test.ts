import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { grade, type GradeOptions } from './grade.ts';
import { baselineOf } from './testing/fixtures.ts';

let dir: string;
let server: Server;
let asked = 0;
/** After so many requests the cluster is gone. */
let livesFor = Infinity;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'grade-'));
  asked = 0;
  server = createServer((request, response) => {
    if (++asked > livesFor) {
      request.socket.destroy();
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: {}, items: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(dir, { recursive: true });
});

async function options(): Promise<GradeOptions> {
  const kubeconfigPath = join(dir, 'kubeconfig');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: url } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(kubeconfigPath, JSON.stringify(kubeconfig));
  const checks = [
    { kind: 'orders', params: {} },
    { kind: 'pods-healthy', params: {} },
  ];
  const plan = { scenario: 's', issues: [], criteria: [{ id: 'c', title: 'C', points: 5, checks }], hintCost: 1 };
  const shop = { namespace: 'production', entranceUrl: `${url}/shop`, baseline: baselineOf('shop') };
  return { kubeconfigPath, ...shop, plan, engine: 'fake', quick: true, windowMs: 100 };
}

describe('a grading', () => {
  it('of a namespace that is empty, fails', async () => {
    livesFor = Infinity;
    expect((await grade(await options())).verdict.verdict).toBe('fail');
  }, 20_000);

  it.each([0, 8])(
    'whose cluster is gone after %i requests, could not judge',
    async (requests) => {
      livesFor = requests;
      const { verdict, evidence } = await grade(await options());
      expect(verdict.criteria.flatMap(({ checks }) => checks.map((check) => check.verdict))).toEqual([
        'undetermined',
        'undetermined',
      ]);
      expect(verdict).toMatchObject({ verdict: 'undetermined', score: 0 });
      expect(evidence.observed).toBeNull();
    },
    20_000,
  );
});
