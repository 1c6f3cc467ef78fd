import { toTimestamp } from '../../../lib/clock.ts';
import { badRequest, conflict, invalid, notFound } from '../../objects/status-error.ts';
import type { ApiCall } from '../api-call.ts';
import { defaultAudience } from '../authentication/service-account-tokens.ts';
import { readOptions } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

const defaultLifetimeSeconds = 3600;
interface TokenRequest {
  spec: { expirationSeconds?: number; audiences?: string[]; boundObjectRef?: BoundObject };
}

interface BoundObject {
  kind?: string;
  name?: string;
  uid?: string;
}

const shortestLifetimeSeconds = 600;

/** Answers `kubectl create token` with a token by which the service account can use the API. */
export function createToken(call: ApiCall): ApiResponse {
  const { name = '', namespace = '', uid = '' } = requireLive(call).metadata;
  const body = readOptions<TokenRequest>(call, 'TokenRequest');
  const lifetimeSeconds = body.spec?.expirationSeconds ?? defaultLifetimeSeconds;
  if (lifetimeSeconds < shortestLifetimeSeconds) {
    const message = `Invalid value: ${lifetimeSeconds}: may not specify a duration less than 10 minutes`;
    throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [
      { reason: 'FieldValueInvalid', field: 'spec.expirationSeconds', message },
    ]);
  }
  const audiences = body.spec?.audiences?.length ? body.spec.audiences : [defaultAudience];
  const { clock, tokens } = call.context;
  const pod = boundPod(call, body.spec?.boundObjectRef);
  return {
    type: 'object',
    code: 201,
    object: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: toTimestamp(clock.now()) },
      spec: { ...body.spec, audiences, expirationSeconds: lifetimeSeconds },
      status: {
        token: tokens.issue({ namespace, name, uid, ...(pod ? { pod } : {}) }, { lifetimeSeconds, audiences }),
        expirationTimestamp: toTimestamp(clock.now() + lifetimeSeconds * 1000),
      },
    },
  };
}

/** The pod that the token ends with. @throws StatusError when it is not there, or is another one by now */
function boundPod(
  { context, target }: ApiCall,
  ref: BoundObject | undefined,
): { name: string; uid: string } | undefined {
  if (!ref) return undefined;
  const { kind, name = '' } = ref;
  if (kind !== 'Pod') throw badRequest(`cannot bind token to object of type ${kind}`);
  const pods = { group: '', resource: 'pods' };
  const uid = context.store.get('pods', target.namespace, name)?.metadata.uid;
  if (!uid) throw notFound(pods, name);
  if (!ref.uid || ref.uid === uid) return { name, uid };
  const why = `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  throw conflict(pods, name, why);
}
