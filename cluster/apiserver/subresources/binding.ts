import { withPodCondition } from '../../objects/pod-conditions.ts';
import { badRequest, conflict } from '../../objects/status-error.ts';
import type { Pod } from '../../objects/types.ts';
import { resourceOf, type ApiCall } from '../api-call.ts';
import { readOptions } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';
import { isDryRun } from '../write.ts';

/** Assigns a pod to a node, once. */
export function bindPod(call: ApiCall): ApiResponse {
  const pod = requireLive(call) as Pod;
  const { name = '', resourceVersion } = pod.metadata;
  const nodeName = readOptions<{ target: { name?: string } }>(call, 'Binding').target?.name;
  if (!nodeName) throw badRequest('binding: target.name: Required value');
  const bindings = { group: '', resource: 'pods/binding' };
  if (pod.metadata.deletionTimestamp) {
    throw conflict(bindings, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec?.nodeName) {
    throw conflict(bindings, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  }
  const conditions = withPodCondition(pod, { type: 'PodScheduled', status: 'True' }, call.context.clock.now());
  const bound = { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } };
  if (!isDryRun(call)) call.context.store.put(resourceOf(call.kind), bound, resourceVersion);
  return { type: 'object', code: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
}
