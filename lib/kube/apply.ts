import type { Kube } from './kube.ts';
import { isConflict, isNotFound } from './kube-error.ts';
import { collectionPath, objectPath, type Addressable } from './paths.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object of a manifest. */
export interface Manifest extends Addressable {
  metadata: Addressable['metadata'] & { annotations?: Record<string, string>; [key: string]: unknown };
  [key: string]: unknown;
}

/** A controller writes a status now and then; nobody writes so often that all of these tries meet it. */
const maxTries = 8;

/**
 * Creates the object, or makes the live one equal to it. It leaves the annotation that `kubectl apply`
 * leaves, so that a trainee's own `kubectl apply` later compares with what was deployed.
 * @throws KubeError
 */
export async function applyObject(kube: Kube, manifest: Manifest): Promise<void> {
  const path = objectPath(manifest);
  const object = annotated(manifest);
  const query = { fieldManager: 'kubectl-client-side-apply' };
  for (let tried = 1; ; tried++) {
    try {
      const live = await kube.get<Manifest>(path);
      const metadata = { ...object.metadata, resourceVersion: live.metadata['resourceVersion'] };
      await kube.replace(path, { ...object, metadata }, { query });
      return;
    } catch (error) {
      if (isNotFound(error)) break;
      if (!isConflict(error) || tried >= maxTries) throw error;
    }
  }
  const collection = collectionPath(manifest.apiVersion, manifest.kind, manifest.metadata.namespace ?? 'default');
  await kube.create(collection, object, { query });
}

/** The object with its own text as annotation, in the form that kubectl writes. */
function annotated(manifest: Manifest): Manifest {
  const { annotations = {}, ...metadata } = manifest.metadata;
  const { [lastApplied]: _, ...rest } = annotations;
  const plain = { ...manifest, metadata: { annotations: rest, ...metadata } };
  return {
    ...plain,
    metadata: { ...plain.metadata, annotations: { ...rest, [lastApplied]: `${JSON.stringify(plain)}\n` } },
  };
}
