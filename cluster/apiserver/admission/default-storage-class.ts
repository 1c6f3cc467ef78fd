import type { PersistentVolumeClaim } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

/** A claim that names no storage class gets the default one; an empty name means none. */
export function defaultStorageClass({ kind, object, old, store }: AdmissionReview): void {
  if (old || kind.kind !== 'PersistentVolumeClaim' || !object.spec) return;
  const spec = (object as PersistentVolumeClaim).spec!;
  if (spec.storageClassName !== undefined) return;
  const storageClass = store
    .list('storageclasses.storage.k8s.io')
    .find(({ metadata }) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true');
  if (storageClass) spec.storageClassName = storageClass.metadata.name;
}
