import type { AnyKind } from '../../objects/kinds/kind.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { Store } from '../../store/store.ts';
import { defaultIngressClass } from './default-ingress-class.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { enforceLimits, limitRanger } from './limit-ranger.ts';
import { namespaceExists } from './namespace-exists.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './resource-quota.ts';
import { serviceAccount } from './service-account.ts';
import { serviceAddresses } from './service-addresses.ts';
import { storageObjectInUse } from './storage-object-in-use.ts';

/** An object on its way into the store. Plugins may change it, or refuse it with a `StatusError`. */
export interface AdmissionReview {
  kind: AnyKind;
  object: KubeObject;
  /** The object that it replaces; undefined for a create. */
  old?: KubeObject;
  store: Store;
  random: () => number;
}

export type AdmissionPlugin = (review: AdmissionReview) => void;

/** Those that may change an object, in the order in which they see it. */
const mutating = {
  namespaceExists,
  limitRanger,
  serviceAccount,
  priority,
  defaultTolerations,
  defaultStorageClass,
  storageObjectInUse,
  defaultIngressClass,
  serviceAddresses,
} satisfies Record<string, AdmissionPlugin>;

/** Those that only refuse. They see what is about to be stored, complete and valid. */
const validating = { limitRanger: enforceLimits, resourceQuota } satisfies Record<string, AdmissionPlugin>;

export function mutate(review: AdmissionReview): void {
  for (const plugin of Object.values(mutating)) plugin(review);
}

export function admit(review: AdmissionReview): void {
  for (const plugin of Object.values(validating)) plugin(review);
}
