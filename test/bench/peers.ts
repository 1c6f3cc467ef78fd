/** Measured elsewhere, not in this run: shown so that a reader can place our figures, not as a race. */
const real = 'Kubernetes 1.36 on another 2-core machine';

export const peers = {
  apply: `${real}: 6,800 ms`,
  listJson: `${real}: 13–28 ms for 645 KB`,
  listTable: `${real}: 13 ms`,
  idleCpu: `${real}: 4.3 %`,
  engineMemory: `${real}: about 1,000 MiB RSS, control plane and kubelet`,
  boot: 'kind 12–50 s, k3d 6 s to an API server',
} as const;
