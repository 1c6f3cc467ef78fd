import { badRequest } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';

/**
 * The container of a pod that a request for its log or a session in it means: the one it names, or the only one that is
 * neither an init container nor an ephemeral one.
 * @throws StatusError BadRequest when the container does not exist, or is not named and there are several
 */
export function chooseContainer({ metadata, spec }: Pod, asked: string): string {
  const { initContainers = [], containers = [], ephemeralContainers = [] } = spec ?? {};
  const names = [...initContainers, ...containers, ...ephemeralContainers].map(({ name }) => name);
  if (names.includes(asked)) return asked;
  if (asked) throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  const [only, ...others] = containers;
  if (only && others.length === 0) return only.name;
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${names.join(' ')}]`);
}
