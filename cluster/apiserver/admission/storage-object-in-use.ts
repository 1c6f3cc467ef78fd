import { PV_PROTECTION, PVC_PROTECTION } from '../../objects/finalizers.ts';
import type { AdmissionReview } from './index.ts';

const finalizers: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: PVC_PROTECTION,
  PersistentVolume: PV_PROTECTION,
};

/** Claims and volumes are protected from their first moment on. */
export function storageObjectInUse({ kind, object, old }: AdmissionReview): void {
  const finalizer = kind.group === '' ? finalizers[kind.kind] : undefined;
  if (old || !finalizer || object.metadata.finalizers?.includes(finalizer)) return;
  object.metadata.finalizers = [...(object.metadata.finalizers ?? []), finalizer];
}
