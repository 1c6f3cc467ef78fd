/** Measured elsewhere, not in this run: shown so that a reader can place our figures, not as a race. */
const real = 'Kubernetes 1.36 on another 2-core machine';

/**
 * Built with Go 1.19.8 (and a repair that json-iterator needs there), etcd 3.5.16 on tmpfs, without controllers and scheduler.
 * This benchmark's client asked it and the engine in turns; medians of three runs, two of the idle processor, while other work
 * kept the two cores busy (load 12–32): both would be faster on a quiet machine, so what the engine came to stands beside it.
 */
const beside = 'kube-apiserver 1.20.2 with etcd';

export const peers = {
  apply: `${real}: 6,800 ms`,
  listJson: {
    100: `${real}: 13–28 ms for 645 KB; ${beside}: 17 ms, engine then 8 ms`,
    1_000: `${beside}: 176 ms, engine then 132 ms`,
    5_000: `${beside}: 1,011 ms, engine then 650 ms`,
  },
  listTable: {
    100: `${real}: 13 ms; ${beside}: 16 ms, engine then 13 ms`,
    1_000: `${beside}: 136 ms, engine then 64 ms`,
    5_000: `${beside}: 859 ms, engine then 328 ms`,
  },
  idleCpu: `${real}: 4.3 %; ${beside}: 3.3 %, engine alone then 0.2 %`,
  engineMemory: `${real}: about 1,000 MiB RSS, control plane and kubelet; ${beside}: 275 MiB, empty engine then 48 MiB`,
  boot: `kind 12–50 s, k3d 6 s to an API server; ${beside}: 11.9 s, engine then 2.6 s`,
} as const;
