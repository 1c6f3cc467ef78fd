/** Where a caller comes from: a pod or the node sees a pod's address, `loopback` is inside the pod. */
export type Origin = 'outside' | 'loopback';

export interface Listener {
  podIp: string;
  /** What the application listens on. */
  port: number;
  /** `0.0.0.0` for all addresses, `127.0.0.1`, or the pod's own. */
  bind: string;
  /** Where it really listens, on 127.0.0.1. */
  realPort: number;
  /** The process that listens. */
  owner: object;
  /** Workers of one node:cluster have the same number and may listen on the same port. */
  share?: number;
}

/** Which process really stands behind a port of a pod. */
export interface PortTable {
  /** @returns false when the port is taken */
  add(listener: Listener): boolean;
  remove(owner: object, realPort: number): void;
  /** Forgets all that a process listens on, when it has ended. */
  removeOwner(owner: object): void;
  /** The real port, in turn when several share it; undefined when nobody listens for such a caller. */
  find(podIp: string, port: number, origin: Origin): number | undefined;
}

const wildcard = '0.0.0.0';
const loopback = '127.0.0.1';
/** Of one process; Linux stops at its open files. */
const maxListeners = 1024;

export function createPortTable(): PortTable {
  const byPort = new Map<string, Listener[]>();

  const keep = (key: string, listeners: Listener[]) => {
    if (listeners.length > 0) byPort.set(key, listeners);
    else byPort.delete(key);
  };
  const removeWhere = (gone: (listener: Listener) => boolean) => {
    for (const [key, listeners] of byPort) {
      if (listeners.some(gone))
        keep(
          key,
          listeners.filter((listener) => !gone(listener)),
        );
    }
  };

  return {
    add(listener) {
      const key = keyOf(listener.podIp, listener.port);
      const present = byPort.get(key) ?? [];
      if (present.some((other) => conflicts(other, listener)) || countOf(byPort, listener.owner) >= maxListeners)
        return false;
      byPort.set(key, [...present, listener]);
      return true;
    },
    remove: (owner, realPort) => removeWhere((listener) => listener.owner === owner && listener.realPort === realPort),
    removeOwner: (owner) => removeWhere((listener) => listener.owner === owner),
    find(podIp, port, origin) {
      const listeners = byPort.get(keyOf(podIp, port)) ?? [];
      const found = listeners.find(({ bind }) => hears(bind, origin));
      // The one found goes to the end of the line.
      if (found && listeners.length > 1)
        byPort.set(keyOf(podIp, port), [...listeners.filter((other) => other !== found), found]);
      return found?.realPort;
    },
  };
}

const keyOf = (podIp: string, port: number) => `${podIp}:${port}`;

function hears(bind: string, origin: Origin): boolean {
  if (bind === wildcard) return true;
  return origin === 'loopback' ? bind === loopback : bind !== loopback;
}

function conflicts(a: Listener, b: Listener): boolean {
  if (a.share !== undefined && a.share === b.share && a.bind === b.bind) return false;
  return a.bind === b.bind || a.bind === wildcard || b.bind === wildcard;
}

function countOf(byPort: ReadonlyMap<string, Listener[]>, owner: object): number {
  let count = 0;
  for (const listeners of byPort.values()) count += listeners.filter((listener) => listener.owner === owner).length;
  return count;
}
