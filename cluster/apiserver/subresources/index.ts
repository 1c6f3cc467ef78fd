import type { AnyKind, Verb } from '../../objects/kinds/kind.ts';
import { resourceOf, type ApiVerb, type CoveredPart } from '../api-call.ts';
import { verbs } from '../verbs/index.ts';
import { bindPod } from './binding.ts';
import { patchEphemeralContainers, updateEphemeralContainers } from './ephemeral-containers.ts';
import { evictPod } from './eviction.ts';
import { readLog } from './log.ts';
import { proxyToPod, proxyToService } from './proxy.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { createToken } from './token.ts';
import { requireUpgrade } from './upgrade.ts';

/** Something that can be done with one object beyond reading and writing it. */
export interface Subresource {
  /** The kind that travels, as discovery names it; group and version are left out where they are the object's. */
  kind: { group?: string; version?: string; kind: string };
  verbs: Partial<Record<Verb, ApiVerb>>;
  /** Which part of the object its writes change, where it is written by the verbs of the object itself. */
  covers?: CoveredPart;
}

const { get, update, patch } = verbs;
const upgrade = { get: requireUpgrade, create: requireUpgrade };
const allMethods = (verb: ApiVerb) => ({ create: verb, delete: verb, get: verb, patch: verb, update: verb });

const scale: Subresource = {
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: { get: getScale, patch: patchScale, update: updateScale },
};

/** By resource, in the order of discovery. `status` and `scale` come from the kind itself. */
const acting: Record<string, Record<string, Subresource>> = {
  'certificatesigningrequests.certificates.k8s.io': {
    // A part of the status with a right of its own.
    approval: { kind: { kind: 'CertificateSigningRequest' }, verbs: { get, patch, update }, covers: 'status' },
  },
  namespaces: { finalize: { kind: { kind: 'Namespace' }, verbs: { update }, covers: 'finalizers' } },
  pods: {
    attach: { kind: { kind: 'PodAttachOptions' }, verbs: upgrade },
    binding: { kind: { kind: 'Binding' }, verbs: { create: bindPod } },
    ephemeralcontainers: {
      kind: { kind: 'Pod' },
      verbs: { get, patch: patchEphemeralContainers, update: updateEphemeralContainers },
    },
    eviction: { kind: { group: 'policy', version: 'v1', kind: 'Eviction' }, verbs: { create: evictPod } },
    exec: { kind: { kind: 'PodExecOptions' }, verbs: upgrade },
    log: { kind: { kind: 'Pod' }, verbs: { get: readLog } },
    portforward: { kind: { kind: 'PodPortForwardOptions' }, verbs: upgrade },
    proxy: { kind: { kind: 'PodProxyOptions' }, verbs: allMethods(proxyToPod) },
  },
  serviceaccounts: {
    token: {
      kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
      verbs: { create: createToken },
    },
  },
  services: { proxy: { kind: { kind: 'ServiceProxyOptions' }, verbs: allMethods(proxyToService) } },
};

/** All subresources of a kind, by name, in alphabetical order. */
export function subresourcesOf(kind: AnyKind): Record<string, Subresource> {
  const status: Subresource = { kind: { kind: kind.kind }, verbs: { get, patch, update }, covers: 'status' };
  const all: Record<string, Subresource> = {
    ...acting[resourceOf(kind)],
    ...(kind.subresources?.includes('scale') ? { scale } : {}),
    ...(kind.subresources?.includes('status') ? { status } : {}),
  };
  return Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
