import { isEnded } from '../pod-state.ts';
import type { Pod } from '../types.ts';
import type { KindDefinition } from './kind.ts';
import { podColumns } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { validatePod } from './pod-validation.ts';

export const pod: KindDefinition<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  hasGeneration: true,
  subresources: ['status'],
  deletion: { graceSeconds },
  defaults: defaultPod,
  validate: validatePod,
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec?.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec?.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec?.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec?.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIP ?? '',
    'status.podIPs': ({ status }) => status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
};

/** Pods that run nowhere, or run no more, need no kubelet to stop them. */
function graceSeconds(object: Pod, wantedSeconds: number | undefined): number {
  const { metadata, spec } = object;
  if (!spec?.nodeName || isEnded(object)) return 0;
  const seconds = wantedSeconds ?? metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return seconds < 0 ? 1 : seconds;
}
