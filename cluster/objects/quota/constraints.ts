import type { Pod } from '../types.ts';

/** Limited by a quota, each of these must be named by every container. */
const EXPLICIT = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** What containers leave out although a quota limits it, as the server says it; undefined when nothing is. */
export function missingResources(pod: Pod, hardNames: readonly string[]): string | undefined {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const missing = EXPLICIT.filter((name) => hardNames.includes(name))
    .toSorted()
    .flatMap((name) => {
      const [, part = 'requests', resource = name] = /^(requests|limits)\.(.+)$/.exec(name) ?? [];
      const without = containers.filter(({ resources }) => !resources?.[part as 'requests' | 'limits']?.[resource]);
      const names = without.map((container) => container.name).toSorted();
      return names.length > 0 ? [`${name} for: ${names.join(',')}`] : [];
    });
  return missing.length > 0 ? `must specify ${missing.join('; ')}` : undefined;
}
