import type { V1Container, V1ObjectMeta, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { send, type Kubectl } from './kubectl.ts';

/** A pod of one container, of the toolbox unless it says another image; it sleeps unless it says another command. */
export function podOf(
  name: string,
  container: Partial<V1Container> = {},
  spec: Partial<V1PodSpec> = {},
  metadata: Pick<V1ObjectMeta, 'labels' | 'annotations'> = {},
): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [sleeper(name, container)] },
  };
}

/** A workload of pods as `podOf` makes them, with its name as their label `app`. */
export function workloadOf(
  kind: 'Deployment' | 'DaemonSet',
  name: string,
  container?: Partial<V1Container>,
  podSpec?: Partial<V1PodSpec>,
) {
  const labels = { app: name };
  const { spec } = podOf(name, container, podSpec);
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, labels },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

/** A container that has nothing to do, unless it is told. */
export function sleeper(name: string, more: Partial<V1Container> = {}): V1Container {
  return { name, image: 'toolbox', ...(more.image ? {} : { command: ['sleep', '3600'] }), ...more };
}

/** Creates objects with a kubectl. @throws Error with what it said instead */
export async function createAll(kubectl: Kubectl, ...items: object[]): Promise<void> {
  const { code, stderr } = await send(kubectl, { apiVersion: 'v1', kind: 'List', items }, 'create');
  if (code !== 0) throw new Error(stderr);
}
