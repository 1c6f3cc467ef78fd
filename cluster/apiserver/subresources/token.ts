import { toTimestamp } from '../../../lib/clock.ts';
import { invalid } from '../../objects/status-error.ts';
import type { ApiCall } from '../api-call.ts';
import { defaultAudience } from '../authentication/service-account-tokens.ts';
import { parseBody } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

const defaultLifetimeSeconds = 3600;
const shortestLifetimeSeconds = 600;

/** Answers `kubectl create token` with a token by which the service account can use the API. */
export function createToken(call: ApiCall): ApiResponse {
  const { name = '', namespace = '', uid = '' } = requireLive(call).metadata;
  const body = (parseBody(call.request) ?? {}) as { spec?: { expirationSeconds?: number; audiences?: string[] } };
  const lifetimeSeconds = body.spec?.expirationSeconds ?? defaultLifetimeSeconds;
  if (lifetimeSeconds < shortestLifetimeSeconds) {
    const message = `Invalid value: ${lifetimeSeconds}: may not specify a duration less than 10 minutes`;
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message },
    ]);
  }
  const audiences = body.spec?.audiences?.length ? body.spec.audiences : [defaultAudience];
  const { clock, tokens } = call.context;
  return {
    type: 'object',
    code: 201,
    object: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: toTimestamp(clock.now()) },
      spec: { ...body.spec, audiences, expirationSeconds: lifetimeSeconds },
      status: {
        token: tokens.issue({ namespace, name, uid }, { lifetimeSeconds, audiences }),
        expirationTimestamp: toTimestamp(clock.now() + lifetimeSeconds * 1000),
      },
    },
  };
}
