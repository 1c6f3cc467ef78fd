import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { extractContext, withToken } from './seat-kubeconfig.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'brokenprod-kubeconfig-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("a trainee's kubeconfig", () => {
  it("has the cluster and a token, and nothing of the instructor's", async () => {
    await writeFile(join(dir, 'ca.crt'), 'the certificate');
    const cluster = { server: 'https://cluster.example:6443', 'certificate-authority': 'ca.crt' };
    const own = {
      'current-context': 'workshop',
      contexts: [{ name: 'workshop', context: { cluster: 'big', user: 'boss' } }],
      clusters: [
        { name: 'big', cluster },
        { name: 'other', cluster: { server: 'https://other.example' } },
      ],
      users: [{ name: 'boss', user: { token: 'of-the-boss' } }],
    };
    await writeFile(join(dir, 'config'), stringify(own));
    const extracted = await extractContext([join(dir, 'config')], 'workshop', 'default');
    const text = await withToken(extracted, { name: 'seat-1', namespace: 'seat-1', token: 'of-the-trainee' });
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'seat-1',
      contexts: [{ name: 'seat-1', context: { cluster: 'seat-1', user: 'seat-1', namespace: 'seat-1' } }],
      clusters: [
        {
          name: 'seat-1',
          cluster: {
            server: 'https://cluster.example:6443',
            'certificate-authority-data': Buffer.from('the certificate').toString('base64'),
          },
        },
      ],
      users: [{ name: 'seat-1', user: { token: 'of-the-trainee' } }],
    });
    expect(text).not.toContain('boss');
  });
});
