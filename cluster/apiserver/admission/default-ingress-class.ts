import { ingressClassAnnotation } from '../../objects/kinds/ingress-validation.ts';
import type { Ingress } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

/** An Ingress that names no class gets the default one: the youngest, if several say that they are. */
export function defaultIngressClass({ kind, object, old, store }: AdmissionReview): void {
  if (old || kind.kind !== 'Ingress') return;
  const spec = ((object as Ingress).spec ??= {});
  if (spec.ingressClassName !== undefined || object.metadata.annotations?.[ingressClassAnnotation]) return;
  const [youngest] = store
    .list('ingressclasses.networking.k8s.io')
    .filter(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
    .toSorted(
      (a, b) => Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? ''),
    );
  if (youngest) spec.ingressClassName = youngest.metadata.name;
}
