import { forbidden, notFound, StatusError } from '../../objects/status-error.ts';
import type { Namespace } from '../../objects/types.ts';
import type { AdmissionReview } from './index.ts';
import { nameInMessages } from './name-in-messages.ts';

/** Nothing is created in a namespace that is not there or is going. */
export function namespaceExists({ kind, object, old, store }: AdmissionReview): void {
  if (old || !kind.namespaced) return;
  const name = object.metadata.namespace ?? '';
  const namespace = store.get('namespaces', undefined, name) as Namespace | undefined;
  if (!namespace) throw notFound({ group: '', resource: 'namespaces' }, name);
  if (!namespace.metadata.deletionTimestamp) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  const { code, reason, message, status } = forbidden(kind, nameInMessages(object), why);
  throw new StatusError(code, reason, message, {
    ...status.details,
    causes: [
      { reason: 'NamespaceTerminating', message: `namespace ${name} is being terminated`, field: 'metadata.namespace' },
    ],
  });
}
