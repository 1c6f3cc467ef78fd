import type { NodeProxy } from '../apiserver/node-proxy.ts';
import { serviceUnavailable } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';

/** One way to all kubelets: each pod's goes to its node. */
export function joinNodeProxies(proxies: ReadonlyMap<string, NodeProxy>): NodeProxy {
  const proxyOf = ({ spec }: Pod): NodeProxy => {
    const proxy = proxies.get(spec?.nodeName ?? '');
    if (!proxy) throw serviceUnavailable(`no kubelet is running on node "${spec?.nodeName ?? ''}"`);
    return proxy;
  };
  const all = () => [...proxies.values()];
  return {
    logs: async (pod, options, signal) => await proxyOf(pod).logs(pod, options, signal),
    exec: async (pod, options, streams) => await proxyOf(pod).exec(pod, options, streams),
    attach: async (pod, options, streams) => await proxyOf(pod).attach(pod, options, streams),
    connect: async (pod, port) => await proxyOf(pod).connect(pod, port),
    podUsage: () => all().flatMap((proxy) => proxy.podUsage()),
    nodeUsage: () => all().flatMap((proxy) => proxy.nodeUsage()),
  };
}
