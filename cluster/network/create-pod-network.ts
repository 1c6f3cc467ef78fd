import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../lib/clock.ts';
import type { Informers } from '../client/informer.ts';
import { endpointSlices, services } from '../client/resources.ts';
import type { AttachedPod } from './attached-pods.ts';
import { createAttachedPods } from './attached-pods.ts';
import type { Answer } from './control-server.ts';
import { createControlServer } from './control-server.ts';
import type { DnsAnswer } from './dns.ts';
import { readHosts, resolveName } from './dns.ts';
import { createEndpointPicker } from './endpoint-picker.ts';
import type { PodNetwork } from './pod-network.ts';
import { createPolicyGuard } from './policy-guard.ts';
import { createPodSession } from './pod-session.ts';
import { createPortTable } from './port-table.ts';
import { route } from './service-proxy.ts';

export interface PodNetworkOptions {
  informers: Informers;
  clock: Clock;
  /** Folder for the control socket and the pods' `/etc/hosts`. Made when missing. */
  runDir: string;
  /**
   * The range of the pods of each node. The octets after the first also name the loopback addresses that pods dial
   * from.
   */
  podCidrs: Readonly<Record<string, string>>;
  /** The address of each node by its name; a pod with `hostNetwork` has it too, and its ports. */
  nodeIps?: Readonly<Record<string, string>>;
  /** What programs of a node listen on: by the node's address, port → where it really is on 127.0.0.1. */
  nodePorts?: Readonly<Record<string, Readonly<Record<number, number>>>>;
  /** Default: `cluster.local`. */
  clusterDomain?: string;
  /** Written into `/etc/resolv.conf`; names are not really asked there. Default: `10.43.0.10`. */
  dnsAddress?: string;
  /** After this a connection that nobody answers fails with ETIMEDOUT. Default: what Linux takes, 130 s. */
  connectTimeoutMs?: number;
  /** After this a question that the name server does not hear fails with EAI_AGAIN. Default: what glibc takes, 10 s. */
  resolveTimeoutMs?: number;
  /** As `Math.random`. */
  random?: () => number;
}

const preload = fileURLToPath(new URL('../runtime/preload/main.cjs', import.meta.url));
/** How long a dial to a process of this machine may take; only a full backlog takes any time. */
const dialTimeoutMs = 10_000;

/**
 * A network of pods on one machine without privileges: addresses are names in a table, and every connection really
 * runs over 127.0.0.1.
 * @throws when the control socket cannot be made in `runDir`
 */
export async function createPodNetwork(options: PodNetworkOptions): Promise<PodNetwork & AsyncDisposable> {
  const { informers, clock, runDir, podCidrs, clusterDomain = 'cluster.local' } = options;
  const { dnsAddress = '10.43.0.10', connectTimeoutMs = 130_000, resolveTimeoutMs = 10_000 } = options;
  const { random = Math.random, nodePorts = {}, nodeIps = {} } = options;
  const pods = createAttachedPods({ podCidrs, nodeIps, clusterDomain, dnsAddress, runDir });
  const ports = createPortTable();
  const nodeAddresses = new Set([...Object.keys(nodePorts), ...Object.values(nodeIps)]);
  const serviceList = informers.for(services);
  const sliceList = informers.for(endpointSlices);
  const pick = createEndpointPicker({ clock, random });
  const guard = createPolicyGuard(informers, pods, dnsAddress);
  const zone = () => ({ services: serviceList.list(), slices: sliceList.list(), clusterDomain });

  const answerRoute = (pod: AttachedPod, ip: string, port: number): Answer => {
    const table = {
      ...zone(),
      isPod: (address: string) => pods.byIp(address) !== undefined,
      isNode: (address: string) => nodeAddresses.has(address),
    };
    const way = route(table, pod.ip, { ip, port }, pick);
    if (way.kind === 'dropped') return { code: 'ETIMEDOUT', afterMs: connectTimeoutMs };
    if (way.kind === 'refused') return { code: 'ECONNREFUSED' };
    const inside = way.kind === 'loopback';
    if (!inside && !guard.passes(pod, way.ip, way.port)) return { code: 'ETIMEDOUT', afterMs: connectTimeoutMs };
    const ofNode = way.kind === 'node' ? nodePorts[way.ip]?.[way.port] : undefined;
    const realPort = ofNode ?? ports.find(inside ? pod.ip : way.ip, way.port, inside ? 'loopback' : 'outside');
    return realPort === undefined ? { code: 'ECONNREFUSED' } : { realPort };
  };

  const answerName = (pod: AttachedPod, name: string): DnsAnswer =>
    readHosts(name, pod) || guard.mayResolve(pod)
      ? resolveName(name, pod, zone())
      : { name, addresses: [], exists: false, silentMs: resolveTimeoutMs };

  const control = await createControlServer(runDir, (token) => {
    const pod = pods.byToken(token);
    if (!pod) return undefined;
    return createPodSession(pod, ports, {
      route: (ip, port) => answerRoute(pod, ip, port),
      resolve: (name) => answerName(pod, name),
    });
  });
  /** Who dials shows an address of one of these as it is, save for the first octet. */
  const nets = [
    ...new Set([...Object.values(podCidrs), ...nodeAddresses].map((range) => /^\d+\.\d+\./.exec(range)?.[0])),
  ];
  const end = (pod: AttachedPod) => {
    pods.detach(pod);
    control.hangUp(pod.token);
  };

  return {
    attach(pod) {
      const attached = pods.attach(pod);
      return { ip: attached.ip, preload, env: { ...environment(attached, control.path), KUBELET_NETS: nets.join() } };
    },
    detach(uid) {
      const pod = pods.byUid(uid);
      if (pod) end(pod);
    },
    async connect(uid, port, from) {
      const pod = pods.byUid(uid);
      const address = from === 'loopback' ? '127.0.0.1' : (pod?.ip ?? '0.0.0.0');
      const realPort = pod && ports.find(pod.ip, port, from === 'loopback' ? 'loopback' : 'outside');
      if (realPort === undefined) throw connectError('ECONNREFUSED', address, port);
      const gateway = pod && from === 'node' ? loopbackOf(pods.gatewayOf(pod)) : undefined;
      return await dial(realPort, gateway, { address, port });
    },
    async [Symbol.asyncDispose]() {
      for (const pod of pods.list()) end(pod);
      await control[Symbol.asyncDispose]();
    },
  };
}

/** What the preload reads. */
function environment({ token, ip, hostname, etc }: AttachedPod, socketPath: string): Record<string, string> {
  return {
    KUBELET_SOCK: socketPath,
    KUBELET_POD: token,
    KUBELET_POD_IP: ip,
    KUBELET_HOSTNAME: hostname,
    KUBELET_ETC: etc,
  };
}

/** Differs: macOS has only 127.0.0.1, so there callers cannot show who they are. */
function loopbackOf(address: string): string | undefined {
  return process.platform === 'linux' || process.platform === 'win32' ? address.replace(/^\d+/, '127') : undefined;
}

/** Connects to a process of this machine; errors name the address that the caller knows. */
function dial(realPort: number, localAddress: string | undefined, shown: Destination): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ host: '127.0.0.1', port: realPort, localAddress, allowHalfOpen: true });
  const onTimeout = () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
  const onError = (error: NodeJS.ErrnoException) =>
    reject(connectError(error.code ?? 'ECONNREFUSED', shown.address, shown.port));
  socket.setTimeout(dialTimeoutMs, onTimeout);
  socket.once('error', onError);
  socket.once('connect', () => {
    socket.setTimeout(0, onTimeout);
    socket.off('error', onError);
    resolve(socket);
  });
  return promise;
}

interface Destination {
  address: string;
  port: number;
}

function connectError(code: string, address: string, port: number): Error {
  return Object.assign(new Error(`connect ${code} ${address}:${port}`), { code, syscall: 'connect', address, port });
}
