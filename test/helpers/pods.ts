import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { Kubectl } from './kubectl.ts';

/** A pod of one container, of the toolbox unless it says another image; it sleeps unless it says another command. */
export function podOf(name: string, container: Partial<V1Container> = {}, spec: Partial<V1PodSpec> = {}): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, ...spec, containers: [sleeper(name, container)] },
  };
}

/** A container that has nothing to do, unless it is told. */
export function sleeper(name: string, more: Partial<V1Container> = {}): V1Container {
  return { name, image: 'toolbox', ...(more.image ? {} : { command: ['sleep', '3600'] }), ...more };
}

/** Creates objects with a kubectl. @throws Error with what it said instead */
export async function createAll(kubectl: Kubectl, ...items: object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { code, stderr } = await kubectl(['create', '-f', '-'], { input });
  if (code !== 0) throw new Error(stderr);
}
