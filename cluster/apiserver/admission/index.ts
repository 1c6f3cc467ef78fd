import type { AnyKind } from '../../objects/kinds/kind.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { Store } from '../../store/store.ts';
import { defaultStorageClass } from './default-storage-class.ts';
import { defaultTolerations } from './default-tolerations.ts';
import { namespaceExists } from './namespace-exists.ts';
import { serviceAccount } from './service-account.ts';
import { serviceAddresses } from './service-addresses.ts';

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

/** In the order in which they see an object. */
const plugins = {
  namespaceExists,
  serviceAccount,
  defaultTolerations,
  defaultStorageClass,
  serviceAddresses,
} satisfies Record<string, AdmissionPlugin>;

export function admit(review: AdmissionReview): void {
  for (const plugin of Object.values(plugins)) plugin(review);
}
