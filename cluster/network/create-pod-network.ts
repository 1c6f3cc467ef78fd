import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../../lib/clock.ts';
import type { Informers } from '../client/informer.ts';
import { endpointSlices, services } from '../client/resources.ts';
import type { Pod } from '../objects/types.ts';
import { createAddressPool } from './addresses.ts';
import type { Answer, Session } from './control-server.ts';
import { createControlServer } from './control-server.ts';
import { resolveName } from './dns.ts';
import { createEndpointPicker } from './endpoint-picker.ts';
import type { PodAttachment, PodNetwork } from './pod-network.ts';
import type { PortTable } from './port-table.ts';
import { createPortTable } from './port-table.ts';
import type { RoutingTable } from './service-proxy.ts';
import { route } from './service-proxy.ts';

export interface PodNetworkOptions {
  informers: Informers;
  clock: Clock;
  /** Folder for the control socket and the pods' `/etc/hosts`. Made when missing. */
  runDir: string;
  /** Addresses of pods. Default: `10.42.0.0/24`. Its second octet also names the loopback net that pods dial from. */
  podCidr?: string;
  /** Default: `cluster.local`. */
  clusterDomain?: string;
  /** Written into `/etc/resolv.conf`; names are not really asked there. Default: `10.43.0.10`. */
  dnsAddress?: string;
  /** After this a connection that nobody answers fails with ETIMEDOUT. Default: what Linux takes, 130 s. */
  connectTimeoutMs?: number;
  /** As `Math.random`. */
  random?: () => number;
}

interface AttachedPod {
  uid: string;
  token: string;
  ip: string;
  namespace: string;
  hostname: string;
  attachment: PodAttachment;
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
  const { informers, clock, runDir, podCidr = '10.42.0.0/24', clusterDomain = 'cluster.local' } = options;
  const { dnsAddress = '10.43.0.10', connectTimeoutMs = 130_000, random = Math.random } = options;
  const addresses = createAddressPool(podCidr);
  const ports = createPortTable();
  const byUid = new Map<string, AttachedPod>();
  const byToken = new Map<string, AttachedPod>();
  const byIp = new Map<string, AttachedPod>();
  const serviceList = informers.for(services);
  const sliceList = informers.for(endpointSlices);
  const pick = createEndpointPicker({ clock, random });

  const zone = () => ({ services: serviceList.list(), slices: sliceList.list(), clusterDomain });
  const routes = (): RoutingTable => ({ ...zone(), isPod: (ip) => byIp.has(ip) });

  const answerRoute = (pod: AttachedPod, ip: string, port: number): Answer => {
    const way = route(routes(), pod.ip, { ip, port }, pick);
    if (way.kind === 'dropped') return { code: 'ETIMEDOUT', afterMs: connectTimeoutMs };
    if (way.kind === 'refused') return { code: 'ECONNREFUSED' };
    const realPort =
      way.kind === 'loopback' ? ports.find(pod.ip, way.port, 'loopback') : ports.find(way.ip, way.port, 'outside');
    return realPort === undefined ? { code: 'ECONNREFUSED' } : { realPort };
  };

  const control = await createControlServer(runDir, (token) => {
    const pod = byToken.get(token);
    return (
      pod &&
      createSession(pod, ports, {
        route: (ip, port) => answerRoute(pod, ip, port),
        resolve: (name) => resolveName(name, pod, zone()),
      })
    );
  });

  const attach = (pod: Pod): PodAttachment => {
    const { uid = '', namespace = '', name = '' } = pod.metadata;
    const present = byUid.get(uid);
    if (present) return present.attachment;
    const etc = path.join(runDir, 'etc', directoryName(uid));
    const identity = { uid, namespace, hostname: pod.spec?.hostname ?? name, token: randomBytes(16).toString('hex') };
    const ip = addresses.allocate();
    const env = {
      KUBELET_SOCK: control.path,
      KUBELET_POD: identity.token,
      KUBELET_POD_IP: ip,
      KUBELET_HOSTNAME: identity.hostname,
      KUBELET_ETC: etc,
    };
    writeNetworkFiles(etc, { ...identity, ip, clusterDomain, dnsAddress });
    const attached = { ...identity, ip, attachment: { ip, preload, env } };
    byUid.set(uid, attached);
    byToken.set(attached.token, attached);
    byIp.set(ip, attached);
    return attached.attachment;
  };

  const detach = (uid: string) => {
    const pod = byUid.get(uid);
    if (!pod) return;
    byUid.delete(uid);
    byToken.delete(pod.token);
    byIp.delete(pod.ip);
    control.hangUp(pod.token);
    addresses.release(pod.ip);
    rmSync(path.join(runDir, 'etc', directoryName(uid)), { recursive: true, force: true });
  };

  return {
    attach,
    detach,
    async connect(uid, port, from) {
      const pod = byUid.get(uid);
      const address = from === 'loopback' ? '127.0.0.1' : (pod?.ip ?? '0.0.0.0');
      const realPort = pod && ports.find(pod.ip, port, from === 'loopback' ? 'loopback' : 'outside');
      if (realPort === undefined) throw connectError('ECONNREFUSED', address, port);
      return await dial(realPort, from === 'node' ? loopbackOf(addresses.gateway) : undefined, { address, port });
    },
    async [Symbol.asyncDispose]() {
      for (const uid of byUid.keys()) detach(uid);
      await control[Symbol.asyncDispose]();
    },
  };
}

interface Decisions {
  route(ip: string, port: number): Answer;
  resolve(name: string): { name: string; addresses: string[]; exists: boolean };
}

/** What one process of a pod may ask. */
function createSession(pod: AttachedPod, ports: PortTable, decisions: Decisions): Session {
  const owner = {};
  return {
    handle(message) {
      switch (message.op) {
        case 'route':
          return decisions.route(String(message.address), Number(message.port));
        case 'dns':
          return { ...decisions.resolve(String(message.name)) };
        case 'listen': {
          const bind = bindAddress(String(message.host), pod, decisions);
          if (!bind) return { code: 'EADDRNOTAVAIL' };
          const share = typeof message.share === 'number' ? message.share : undefined;
          const listener = {
            podIp: pod.ip,
            port: Number(message.port),
            bind,
            realPort: Number(message.realPort),
            owner,
            share,
          };
          return ports.add(listener) ? {} : { code: 'EADDRINUSE' };
        }
        case 'unlisten':
          ports.remove(owner, Number(message.realPort));
          return undefined;
        default:
          return { code: 'ENOSYS' };
      }
    },
    ended: () => ports.removeOwner(owner),
  };
}

/** Which of the pod's addresses a listener hears: all, loopback or its own; undefined for a foreign one. */
function bindAddress(host: string, pod: AttachedPod, decisions: Decisions): string | undefined {
  if (host === '::' || host === '0.0.0.0') return '0.0.0.0';
  if (host === '::1' || host === 'localhost' || host.startsWith('127.')) return '127.0.0.1';
  return host === pod.ip || decisions.resolve(host).addresses.includes(pod.ip) ? pod.ip : undefined;
}

/** Differs: macOS has only 127.0.0.1, so there callers cannot show who they are. */
function loopbackOf(address: string): string | undefined {
  return process.platform === 'linux' || process.platform === 'win32' ? address.replace(/^\d+/, '127') : undefined;
}

function dial(
  realPort: number,
  localAddress: string | undefined,
  shown: { address: string; port: number },
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({
    host: '127.0.0.1',
    port: realPort,
    localAddress,
    allowHalfOpen: true,
    timeout: dialTimeoutMs,
  });
  const onTimeout = () => socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
  const onError = (error: NodeJS.ErrnoException) =>
    reject(connectError(error.code ?? 'ECONNREFUSED', shown.address, shown.port));
  socket.once('timeout', onTimeout);
  socket.once('error', onError);
  socket.once('connect', () => {
    socket.setTimeout(0);
    socket.off('timeout', onTimeout);
    socket.off('error', onError);
    resolve(socket);
  });
  return promise;
}

function connectError(code: string, address: string, port: number): Error {
  return Object.assign(new Error(`connect ${code} ${address}:${port}`), { code, syscall: 'connect', address, port });
}

/** A pod's uid as a safe name of a folder. */
function directoryName(uid: string): string {
  return /^[\w-]+$/.test(uid) ? uid : createHash('sha256').update(uid).digest('hex');
}

interface NetworkFiles {
  namespace: string;
  hostname: string;
  ip: string;
  clusterDomain: string;
  dnsAddress: string;
}

/** What the kubelet mounts into every container. */
function writeNetworkFiles(
  directory: string,
  { namespace, hostname, ip, clusterDomain, dnsAddress }: NetworkFiles,
): void {
  mkdirSync(directory, { recursive: true });
  const search = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain].join(' ');
  writeFileSync(path.join(directory, 'resolv.conf'), `search ${search}\nnameserver ${dnsAddress}\noptions ndots:5\n`);
  const hosts = ['# Kubernetes-managed hosts file.', '127.0.0.1\tlocalhost', `${ip}\t${hostname}`];
  writeFileSync(path.join(directory, 'hosts'), `${hosts.join('\n')}\n`);
}
