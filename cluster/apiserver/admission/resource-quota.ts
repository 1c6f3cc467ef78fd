import { missingResources } from '../../objects/quota/constraints.ts';
import { isInScope } from '../../objects/quota/scopes.ts';
import { addUsage, usageOf, type Usage } from '../../objects/quota/usage.ts';
import { compareQuantities, subtractQuantity, sumQuantities } from '../../objects/quantity.ts';
import { forbidden } from '../../objects/status-error.ts';
import type { Pod, ResourceQuota } from '../../objects/types.ts';
import { resourceOf } from '../api-call.ts';
import type { AdmissionReview } from './index.ts';

/**
 * Refuses what would use more than a quota of the namespace allows.
 * Differs: usage is counted anew from what is there, so it is never behind, and a quota that its controller has not
 * seen yet counts already.
 */
export function resourceQuota(review: AdmissionReview): void {
  const { kind, object, old, store } = review;
  if (!kind.namespaced) return;
  const resource = resourceOf(kind);
  const quotas = (store.list('resourcequotas', object.metadata.namespace) as ResourceQuota[]).filter(
    (quota) => quota.metadata.uid !== object.metadata.uid && isInScope(quota, resource, object),
  );
  for (const { metadata, spec } of old || resource !== 'pods' ? [] : quotas) {
    const missing = missingResources(object as Pod, Object.keys(spec?.hard ?? {}));
    if (missing) throw forbidden(kind, object.metadata.name ?? '', `failed quota: ${metadata.name}: ${missing}`);
  }
  for (const quota of quotas) refuseExcess(review, resource, quota);
}

function refuseExcess({ kind, object, old, store }: AdmissionReview, resource: string, quota: ResourceQuota): void {
  const hard = quota.spec?.hard ?? {};
  const added = mask(increase(usageOf(resource, object), old && usageOf(resource, old)), Object.keys(hard));
  if (Object.keys(added).length === 0) return;
  const present = store.list(resource, object.metadata.namespace).filter((other) => isInScope(quota, resource, other));
  const used = addUsage(present.map((other) => usageOf(resource, other)));
  const exceeded = Object.keys(added).filter(
    (name) => compareQuantities(sumQuantities([used[name] ?? '0', added[name] ?? '0']), hard[name] ?? '0') > 0,
  );
  if (exceeded.length === 0) return;
  const text = (usage: Usage) =>
    exceeded
      .toSorted()
      .map((name) => `${name}=${usage[name] ?? '0'}`)
      .join(',');
  const why =
    `exceeded quota: ${quota.metadata.name}, requested: ${text(added)}, ` +
    `used: ${text(used)}, limited: ${text(hard)}`;
  throw forbidden(kind, object.metadata.name ?? '', why);
}

/** What `now` uses more than `before`; nothing that stays or shrinks. */
function increase(now: Usage, before: Usage = {}): Usage {
  const differences = Object.entries(now).map(([name, amount]): [string, string] => [
    name,
    subtractQuantity(amount, before[name] ?? '0'),
  ]);
  return Object.fromEntries(differences.filter(([, amount]) => amount !== '0'));
}

function mask(usage: Usage, names: readonly string[]): Usage {
  return Object.fromEntries(Object.entries(usage).filter(([name]) => names.includes(name)));
}
