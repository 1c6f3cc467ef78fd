/** ReplicationController: what a ReplicaSet does, under an older name and by a selector that is a map of labels. */
import type { Controller } from '../client/controller.ts';
import { replicationControllers } from '../client/resources.ts';
import { podSelectorOf } from '../objects/selector.ts';
import type { ReplicaSet, ReplicationController } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';
import { createReplicator } from './replica-set/replicator.ts';

export function createReplicationController(context: ControllerContext): Controller {
  return createReplicator(context, {
    name: 'replication-controller',
    component: 'replication-controller',
    ref: replicationControllers,
    toReplicaSet,
    toStatus: ({ terminatingReplicas: _onlyReplicaSetsTell, ...status }) => status,
  });
}

function toReplicaSet(controller: ReplicationController): ReplicaSet {
  const selector = podSelectorOf(controller) ?? {};
  return { ...controller, spec: { ...controller.spec, selector } };
}
