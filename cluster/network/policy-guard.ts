import type { Informers } from '../client/informer.ts';
import { namespaces, networkPolicies, pods } from '../client/resources.ts';
import type { Pod } from '../objects/types.ts';
import type { AttachedPod, AttachedPods } from './attached-pods.ts';
import { isAllowed, type Party } from './network-policy.ts';

/** Asks the NetworkPolicies there are now. */
export interface PolicyGuard {
  /** Whether a pod's connection to the address gets there; what does not is swallowed. */
  passes(from: AttachedPod, ip: string, port: number): boolean;
  /** Whether a pod's questions reach the cluster's name server. */
  mayResolve(from: AttachedPod): boolean;
}

const dnsPort = 53;

/**
 * Differs: only pods are held to policies. What comes from the node passes (probes, port-forward, and unlike on most
 * clusters also what a load balancer lets in). A connection that is open stays open.
 */
export function createPolicyGuard(informers: Informers, attached: AttachedPods, dnsAddress: string): PolicyGuard {
  const policyList = informers.for(networkPolicies);
  const podList = informers.for(pods);
  const namespaceList = informers.for(namespaces);

  const partyAt = (ip: string): Party => {
    const owner = attached.byIp(ip);
    const pod = owner && podList.list().find(({ metadata }) => metadata.uid === owner.uid);
    return pod
      ? { ip, pod: { namespace: owner.namespace, labels: pod.metadata.labels ?? {}, ports: portsOf(pod) } }
      : { ip };
  };
  // There is no pod behind the name server: policies see the one that real clusters have.
  const nameServer: Party = {
    ip: dnsAddress,
    pod: {
      namespace: 'kube-system',
      labels: { 'k8s-app': 'kube-dns' },
      ports: new Map([
        ['dns', dnsPort],
        ['dns-tcp', dnsPort],
      ]),
    },
  };
  const allows = (from: AttachedPod, to: () => Party, port: number, protocol: 'TCP' | 'UDP') => {
    const policies = policyList.list();
    if (policies.length === 0) return true;
    return isAllowed({ policies, namespaces: namespaceList.list() }, partyAt(from.ip), to(), port, protocol);
  };
  /** What a pod of the node's network sends is the node's to its own pods. */
  const isFromOwnNode = (from: AttachedPod, ip: string) =>
    from.isHostNetwork && attached.byIp(ip)?.nodeName === from.nodeName;
  return {
    passes: (from, ip, port) => isFromOwnNode(from, ip) || allows(from, () => partyAt(ip), port, 'TCP'),
    mayResolve: (from) => allows(from, () => nameServer, dnsPort, 'UDP'),
  };
}

function portsOf({ spec }: Pod): Map<string, number> {
  const named = (spec?.containers ?? []).flatMap(({ ports = [] }) => ports.filter(({ name }) => name));
  return new Map(named.map(({ name, containerPort }) => [name ?? '', containerPort]));
}
