import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/helpers/fake-clock.ts';
import type { Client, TokenSpec } from '../client/client.ts';
import { notFound } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { PodTokens } from './pod-tokens.ts';

const source = { path: 'token', expirationSeconds: 3600 };
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u1' },
  spec: {
    containers: [],
    serviceAccountName: 'robot',
    volumes: [{ name: 'kube-api-access-abcde', projected: { sources: [{ serviceAccountToken: source }] } }],
  },
};

/** An API that hands out numbered tokens, or refuses. */
function tokensOf(clock: FakeClock) {
  const asked: TokenSpec[] = [];
  const server = { refuses: false };
  const createToken: Client['createToken'] = (name, _namespace, spec) => {
    if (server.refuses) return Promise.reject(notFound({ group: '', resource: 'serviceaccounts' }, name));
    asked.push(spec);
    return Promise.resolve({
      token: `token ${asked.length}`,
      expiresAtMs: clock.now() + spec.expirationSeconds * 1000,
    });
  };
  return { asked, server, tokens: new PodTokens({ client: { createToken } as Client, clock }) };
}

describe('the tokens of a pod', () => {
  it('are bound to it, and renewed when four fifths of their life are over', async () => {
    const clock = new FakeClock();
    const { asked, tokens } = tokensOf(clock);
    expect(await tokens.renew(pod)).toBe(true);
    expect(asked[0]?.boundObjectRef).toEqual({ apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'u1' });
    await clock.advance(2_800_000);
    expect(await tokens.renew(pod)).toBe(false);
    await clock.advance(100_000);
    expect(await tokens.renew(pod)).toBe(true);
    expect(tokens.read(source)).toBe('token 2');
  });

  it('that are not to be had keep the volume from being mounted; old ones are kept meanwhile', async () => {
    const clock = new FakeClock();
    const { server, tokens } = tokensOf(clock);
    server.refuses = true;
    await expect(tokens.renew(pod)).rejects.toThrow(
      'MountVolume.SetUp failed for volume "kube-api-access-abcde" : failed to fetch token: serviceaccounts "robot" not found',
    );
    server.refuses = false;
    await tokens.renew(pod);
    server.refuses = true;
    await clock.advance(3_000_000);
    await tokens.renew(pod);
    expect(tokens.read(source)).toBe('token 1');
  });
});
