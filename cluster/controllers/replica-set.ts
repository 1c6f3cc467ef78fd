/** ReplicaSet: keeps as many pods of one template as `spec.replicas` says. */
import type { Controller } from '../client/controller.ts';
import { replicaSets } from '../client/resources.ts';
import type { ControllerContext } from './context.ts';
import { createReplicator } from './replica-set/replicator.ts';

export function createReplicaSetController(context: ControllerContext): Controller {
  return createReplicator(context, {
    name: 'replica-set',
    component: 'replicaset-controller',
    ref: replicaSets,
    toReplicaSet: (replicaSet) => replicaSet,
    toStatus: (status) => status,
  });
}
