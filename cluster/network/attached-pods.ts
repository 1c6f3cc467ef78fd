import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Pod } from '../objects/types.ts';
import { createAddressPool, type AddressPool } from './addresses.ts';

export interface AttachedPod {
  uid: string;
  /** Unguessable: whoever presents it is a process of the pod. */
  token: string;
  /** The node's own for pods of the node's network, which share it and its ports. */
  ip: string;
  isHostNetwork: boolean;
  namespace: string;
  hostname: string;
  nodeName: string;
  /** Folder with the pod's `/etc/hosts` and `/etc/resolv.conf`. */
  etc: string;
}

/** The pods that have an address now. */
export interface AttachedPods {
  /** The node's side of the pod's net. */
  gatewayOf(pod: AttachedPod): string;
  /**
   * Gives the pod an address, or the one it has.
   * Differs: a pod with `hostNetwork` asks the cluster's name server whatever its `dnsPolicy` says.
   * @throws when there is none left
   */
  attach(pod: Pod): AttachedPod;
  detach(pod: AttachedPod): void;
  byUid(uid: string): AttachedPod | undefined;
  byToken(token: string): AttachedPod | undefined;
  /** The pod that has the address to itself. */
  byIp(ip: string): AttachedPod | undefined;
  list(): AttachedPod[];
}

export interface AttachedPodsOptions {
  /** The range of each node. */
  podCidrs: Readonly<Record<string, string>>;
  /** The address of each node that has one. */
  nodeIps: Readonly<Record<string, string>>;
  clusterDomain: string;
  dnsAddress: string;
  runDir: string;
}

export function createAttachedPods({ podCidrs, nodeIps, runDir, ...resolver }: AttachedPodsOptions): AttachedPods {
  const pools = new Map(Object.entries(podCidrs).map(([nodeName, cidr]) => [nodeName, createAddressPool(cidr)]));
  const poolOf = (nodeName: string): AddressPool => {
    const pool = pools.get(nodeName);
    if (!pool) throw new Error(`node ${nodeName} has no addresses for pods`);
    return pool;
  };
  const byUid = new Map<string, AttachedPod>();
  const byToken = new Map<string, AttachedPod>();
  const byIp = new Map<string, AttachedPod>();

  return {
    gatewayOf: ({ nodeName }) => poolOf(nodeName).gateway,
    attach({ metadata, spec }) {
      const { uid = '', namespace = '', name = '' } = metadata;
      const nodeName = spec?.nodeName ?? '';
      const present = byUid.get(uid);
      if (present) return present;
      const nodeIp = spec?.hostNetwork ? nodeIps[nodeName] : undefined;
      const pod: AttachedPod = {
        uid,
        token: randomBytes(16).toString('hex'),
        ip: nodeIp ?? poolOf(nodeName).allocate(),
        isHostNetwork: nodeIp !== undefined,
        nodeName,
        namespace,
        hostname: nodeIp ? nodeName : (spec?.hostname ?? name),
        etc: path.join(runDir, 'etc', directoryName(uid)),
      };
      writeNetworkFiles(pod, spec?.subdomain, resolver);
      byUid.set(uid, pod);
      byToken.set(pod.token, pod);
      if (!pod.isHostNetwork) byIp.set(pod.ip, pod);
      return pod;
    },
    detach(pod) {
      byUid.delete(pod.uid);
      byToken.delete(pod.token);
      if (!pod.isHostNetwork) {
        byIp.delete(pod.ip);
        poolOf(pod.nodeName).release(pod.ip);
      }
      rmSync(pod.etc, { recursive: true, force: true });
    },
    byUid: (uid) => byUid.get(uid),
    byToken: (token) => byToken.get(token),
    byIp: (ip) => byIp.get(ip),
    list: () => [...byUid.values()],
  };
}

/** A pod's uid as a safe name of a folder. */
function directoryName(uid: string): string {
  return /^[\w-]+$/.test(uid) ? uid : createHash('sha256').update(uid).digest('hex');
}

/** What the kubelet mounts into every container. */
function writeNetworkFiles(
  { etc, namespace, ip, hostname, isHostNetwork }: AttachedPod,
  subdomain: string | undefined,
  { clusterDomain, dnsAddress }: { clusterDomain: string; dnsAddress: string },
): void {
  mkdirSync(etc, { recursive: true });
  const search = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain].join(' ');
  writeFileSync(path.join(etc, 'resolv.conf'), `search ${search}\nnameserver ${dnsAddress}\noptions ndots:5\n`);
  const inFull = subdomain ? [`${hostname}.${subdomain}.${namespace}.svc.${clusterDomain}`] : [];
  const own = [ip, ...inFull, hostname].join('\t');
  const title = `# Kubernetes-managed hosts file${isHostNetwork ? ' (host network)' : ''}.`;
  const hosts = [title, '127.0.0.1\tlocalhost', own];
  writeFileSync(path.join(etc, 'hosts'), `${hosts.join('\n')}\n`);
}
