import type { Client } from '../client/client.ts';
import { pods } from '../client/resources.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { limits } from './limits.ts';

/**
 * Writes a pod's status when it differs from what the server has; a conflict is solved by reading again.
 * @param statusOf the status for the pod as the server has it now
 * @returns the pod as the server has it, or undefined when it is gone
 */
export async function writeStatus(
  client: Client,
  pod: Pod,
  statusOf: (pod: Pod) => Pod['status'],
): Promise<Pod | undefined> {
  const { name = '', namespace, uid } = pod.metadata;
  let current = pod;
  for (let attempt = 0; attempt < limits.statusRetries; attempt++) {
    const status = statusOf(current);
    if (JSON.stringify(status) === JSON.stringify(current.status)) return current;
    try {
      return await client.updateStatus(pods, { ...current, status });
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return undefined;
      if (!isStatusError(error, 'Conflict')) throw error;
    }
    try {
      current = await client.get(pods, name, namespace);
    } catch (error) {
      if (isStatusError(error, 'NotFound')) return undefined;
      throw error;
    }
    // Another pod of the same name has taken its place.
    if (current.metadata.uid !== uid) return undefined;
  }
  return current;
}
