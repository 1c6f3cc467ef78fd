import type { Clock } from '../../lib/clock.ts';
import type { Endpoint } from '../objects/endpoint-slices.ts';
import type { Service } from '../objects/types.ts';

/** Chooses one of `endpoints` for a client. */
export type PickEndpoint = (service: Service, endpoints: readonly Endpoint[], clientIp: string) => Endpoint | undefined;

/** Clients remembered for `sessionAffinity: ClientIP`; the one unused for longest is forgotten. */
const maxRememberedClients = 4096;
const defaultAffinitySeconds = 10_800;

/**
 * Chooses at random, as kube-proxy does, and stays with the choice where the Service asks for client affinity.
 * @param random as `Math.random`
 */
export function createEndpointPicker({ clock, random }: { clock: Clock; random: () => number }): PickEndpoint {
  const remembered = new Map<string, { endpoint: Endpoint; usedAtMs: number }>();

  return (service, endpoints, clientIp) => {
    const chosen = endpoints[Math.floor(random() * endpoints.length)];
    if (!chosen || service.spec?.sessionAffinity !== 'ClientIP') return chosen;
    const seconds = service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
    const client = `${service.metadata.uid}/${clientIp}`;
    const earlier = remembered.get(client);
    const fresh = earlier && clock.now() - earlier.usedAtMs < seconds * 1000 ? earlier.endpoint : undefined;
    const endpoint = endpoints.find(({ ip, port }) => ip === fresh?.ip && port === fresh.port) ?? chosen;
    remembered.delete(client);
    remembered.set(client, { endpoint, usedAtMs: clock.now() });
    const oldest = remembered.keys().next();
    if (remembered.size > maxRememberedClients && !oldest.done) remembered.delete(oldest.value);
    return endpoint;
  };
}
