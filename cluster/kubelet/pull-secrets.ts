/** The Secrets with which a pod's images are to be pulled. Nothing here asks for them, but that they are missing is said. */
import { secrets } from '../client/resources.ts';
import type { Pod } from '../objects/types.ts';
import type { PodServices } from './pod-services.ts';

export function reportMissingPullSecrets(pod: Pod, { informers, recorder }: PodServices): void {
  const has = (name: string) => informers.for(secrets).get(`${pod.metadata.namespace}/${name}`) !== undefined;
  const missing = (pod.spec?.imagePullSecrets ?? []).map(({ name = '' }) => name).filter((name) => !has(name));
  if (missing.length === 0) return;
  const message =
    `Unable to retrieve some image pull secrets (${missing.join(', ')}); ` +
    'attempting to pull the image may not succeed.';
  recorder.record({ about: pod, type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message });
}
