import { randomBytes } from 'node:crypto';
import { toTimestamp } from '../../../lib/clock.ts';
import type { ApiCall } from '../api-call.ts';
import { parseBody } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

const defaultLifetimeSeconds = 3600;

/** Answers `kubectl create token`. Differs: the token is random text that opens nothing; the lab has one user. */
export function createToken(call: ApiCall): ApiResponse {
  const account = requireLive(call);
  const body = (parseBody(call.request) ?? {}) as { spec?: { expirationSeconds?: number } };
  const expirationSeconds = body.spec?.expirationSeconds ?? defaultLifetimeSeconds;
  const { clock } = call.context;
  return {
    type: 'object',
    code: 201,
    object: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: {
        name: account.metadata.name,
        namespace: account.metadata.namespace,
        creationTimestamp: toTimestamp(clock.now()),
      },
      spec: { ...body.spec, expirationSeconds },
      status: {
        token: randomBytes(48).toString('base64url'),
        expirationTimestamp: toTimestamp(clock.now() + expirationSeconds * 1000),
      },
    },
  };
}
