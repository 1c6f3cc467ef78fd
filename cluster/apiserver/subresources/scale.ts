import { podSelectorOf, selectorText } from '../../objects/selector.ts';
import { invalid, notFound } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import { findLive, type ApiCall } from '../api-call.ts';
import { readObject } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { patchObject } from '../verbs/patch.ts';
import { updateObject } from '../write.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };

export function getScale(call: ApiCall): ApiResponse {
  return { type: 'object', code: 200, object: toScale(requireLive(call)) };
}

export function updateScale(call: ApiCall): ApiResponse {
  return setReplicas(call, requireLive(call), readObject(call, scaleKind));
}

export function patchScale(call: ApiCall): ApiResponse {
  const live = requireLive(call);
  return setReplicas(call, live, patchObject(call, toScale(live)));
}

/** @throws StatusError NotFound in the words of this subresource, which names itself too */
function requireLive(call: ApiCall): KubeObject {
  const live = findLive(call);
  const { group, resource } = call.kind;
  if (!live) throw notFound({ group, resource: `${resource}/scale` }, call.target.name ?? '');
  return live;
}

function setReplicas(call: ApiCall, live: KubeObject, scale: KubeObject): ApiResponse {
  const { replicas = 0 } = (scale.spec ?? {}) as { replicas?: number };
  if (!Number.isInteger(replicas) || replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid(scaleKind, live.metadata.name ?? '', [
      { reason: 'FieldValueInvalid', field: 'spec.replicas', message },
    ]);
  }
  const { resourceVersion } = scale.metadata;
  const scaled = structuredClone(live);
  scaled.spec = { ...(scaled.spec as object), replicas };
  scaled.metadata = { ...scaled.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
  return { type: 'object', code: 200, object: toScale(updateObject(call, live, scaled)) };
}

function toScale(object: KubeObject): KubeObject {
  const { metadata, spec, status } = object;
  const { replicas } = spec as { replicas?: number };
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicas ?? 0 },
    status: {
      replicas: (status as { replicas?: number } | undefined)?.replicas ?? 0,
      selector: selectorText(podSelectorOf(object)),
    },
  };
}
