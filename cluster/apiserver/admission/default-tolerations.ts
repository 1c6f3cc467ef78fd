import type { Pod } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';

const tolerationSeconds = 300;

/** Pods stay for five minutes on a node that is not ready or cannot be reached, unless they say otherwise. */
export function defaultTolerations({ kind, object, old }: AdmissionReview): void {
  if (old || kind.kind !== 'Pod' || !object.spec) return;
  const spec = (object as Pod).spec!;
  const tolerations = [...(spec.tolerations ?? [])];
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const isTolerated = tolerations.some(
      (toleration) => (!toleration.key || toleration.key === key) && (toleration.effect ?? 'NoExecute') === 'NoExecute',
    );
    if (!isTolerated) tolerations.push({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds });
  }
  spec.tolerations = tolerations;
}
