import { randomUUID } from 'node:crypto';
import { arch, cpus, platform, release, totalmem, type } from 'node:os';
import { toTimestamp } from '../../lib/clock.ts';
import { transitionTime } from '../objects/conditions.ts';
import type { Node } from '../objects/types.ts';

export interface NodeOptions {
  name: string;
  /** The address of the node inside the cluster. */
  ip: string;
  /** Shown by `kubectl get nodes`, `v1.34.1`. */
  kubeletVersion: string;
  /** Shown by `kubectl get nodes -o wide`, `name://version`. */
  containerRuntimeVersion: string;
  podCIDR: string;
  labels?: Readonly<Record<string, string>>;
  /** Other nodes are the same machine: only what its pods use is its own. */
  sharesMachine?: boolean;
  /** Where it is not the machine's own. */
  capacity?: Partial<Record<'cpu' | 'memory' | 'pods', string>>;
}

/** What pods may ask for in total: the machine's own figures, unless the node has been given others. */
export function nodeCapacity(options: NodeOptions): Record<string, string> {
  return {
    cpu: String(Math.max(1, cpus().length)),
    'ephemeral-storage': '64Gi',
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: '110',
    ...options.capacity,
  };
}

const machineId = randomUUID().replaceAll('-', '');
const bootId = randomUUID();

/** The Node as the kubelet registers it. */
export function newNode(options: NodeOptions): Node {
  const system = { arch: goArch(), os: goOs() };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: options.name,
      labels: {
        'beta.kubernetes.io/arch': system.arch,
        'beta.kubernetes.io/os': system.os,
        'kubernetes.io/arch': system.arch,
        'kubernetes.io/hostname': options.name,
        'kubernetes.io/os': system.os,
        ...options.labels,
      },
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: { podCIDR: options.podCIDR, podCIDRs: [options.podCIDR] },
  };
}

type NodeStatus = NonNullable<Node['status']>;
type Images = NodeStatus['images'];

/** The Node's status with a fresh heart-beat; transition times stay. Pure but for what it asks the machine. */
export function nodeStatus(node: Node, options: NodeOptions, images: Images, nowMs: number): NodeStatus {
  const capacity = nodeCapacity(options);
  const now = toTimestamp(nowMs);
  const condition = (type: string, status: string, reason: string, message: string) => {
    const lastTransitionTime = transitionTime(node.status?.conditions, { type, status }, now);
    return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
  };
  return {
    ...node.status,
    addresses: [
      { type: 'InternalIP', address: options.ip },
      { type: 'Hostname', address: options.name },
    ],
    allocatable: capacity,
    capacity,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    images,
    nodeInfo: {
      architecture: goArch(),
      bootID: bootId,
      containerRuntimeVersion: options.containerRuntimeVersion,
      kernelVersion: release(),
      kubeProxyVersion: '',
      kubeletVersion: options.kubeletVersion,
      machineID: machineId,
      operatingSystem: goOs(),
      osImage: type(),
      systemUUID: machineId,
    },
  };
}

function goArch(): string {
  return arch() === 'x64' ? 'amd64' : arch();
}

function goOs(): string {
  return platform() === 'win32' ? 'windows' : platform();
}
