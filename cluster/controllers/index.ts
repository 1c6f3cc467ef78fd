import type { Controller } from '../client/controller.ts';
import type { ControllerContext } from './context.ts';
import { createCronJobController } from './cron-job.ts';
import { createDaemonSetController } from './daemon-set.ts';
import { createDeploymentController } from './deployment.ts';
import { createDisruptionController } from './disruption.ts';
import { createEndpointSliceController } from './endpoint-slices.ts';
import { createEndpointsController } from './endpoints.ts';
import { createEventExpiryController } from './event-expiry.ts';
import { createGarbageCollector } from './garbage-collector.ts';
import { createHorizontalPodAutoscalerController } from './horizontal-pod-autoscaler.ts';
import { createJobController } from './job.ts';
import { createNamespaceController } from './namespace.ts';
import { createNodeTaintsController } from './node-taints.ts';
import { createPersistentVolumeClaimController } from './persistent-volume-claim.ts';
import { createPersistentVolumeController } from './persistent-volume.ts';
import { createPodGcController } from './pod-gc.ts';
import { createReplicaSetController } from './replica-set.ts';
import { createReplicationController } from './replication-controller.ts';
import { createResourceQuotaController } from './resource-quota.ts';
import { createScheduler } from './scheduler.ts';
import { createServiceLoadBalancerController } from './service-load-balancer.ts';
import { createStatefulSetController } from './stateful-set.ts';
import { createTaintEvictionController } from './taint-eviction.ts';
import { createVolumeProtectionController } from './volume-protection.ts';

const controllers = {
  namespace: createNamespaceController,
  deployment: createDeploymentController,
  'replica-set': createReplicaSetController,
  'replication-controller': createReplicationController,
  'stateful-set': createStatefulSetController,
  'daemon-set': createDaemonSetController,
  job: createJobController,
  'cron-job': createCronJobController,
  scheduler: createScheduler,
  endpoints: createEndpointsController,
  'endpoint-slices': createEndpointSliceController,
  'service-load-balancer': createServiceLoadBalancerController,
  'persistent-volume-claim': createPersistentVolumeClaimController,
  'persistent-volume': createPersistentVolumeController,
  'volume-protection': createVolumeProtectionController,
  'garbage-collector': createGarbageCollector,
  'pod-gc': createPodGcController,
  'node-taints': createNodeTaintsController,
  'taint-eviction': createTaintEvictionController,
  'event-expiry': createEventExpiryController,
  'resource-quota': createResourceQuotaController,
  disruption: createDisruptionController,
  'horizontal-pod-autoscaler': createHorizontalPodAutoscalerController,
} satisfies Record<string, (context: ControllerContext) => Controller>;

/** All controllers of the cluster, ready to be run. */
export function createControllers(context: ControllerContext): Controller[] {
  return Object.values(controllers).map((create) => create(context));
}
