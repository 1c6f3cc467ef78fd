import type { AttachedPod } from './attached-pods.ts';
import type { Answer, Session } from './control-server.ts';
import type { DnsAnswer } from './dns.ts';
import type { PortTable } from './port-table.ts';

/** What the network decides for a pod. */
export interface Decisions {
  /** `{realPort}` on 127.0.0.1, or the `code` to fail with, at once or `afterMs`. */
  route(ip: string, port: number): Answer;
  resolve(name: string): DnsAnswer;
}

/** What one process of a pod may ask over its control socket, and what is forgotten when it ends. */
export function createPodSession(pod: AttachedPod, ports: PortTable, decisions: Decisions): Session {
  const owner = {};
  return {
    handle(message) {
      switch (String(message.op)) {
        case 'route':
          return decisions.route(String(message.address), Number(message.port));
        case 'dns':
          return { ...decisions.resolve(String(message.name)) };
        case 'listen': {
          const bind = bindAddress(String(message.host), pod, decisions);
          if (!bind) return { code: 'EADDRNOTAVAIL' };
          const [port, realPort] = [Number(message.port), Number(message.realPort)];
          const share = typeof message.share === 'number' ? message.share : undefined;
          return ports.add({ podIp: pod.ip, port, bind, realPort, owner, share }) ? {} : { code: 'EADDRINUSE' };
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
