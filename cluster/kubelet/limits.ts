/** The kubelet's waits and bounds, as Kubernetes has them unless a line says otherwise. */
export const limits = {
  backOffInitialMs: 10_000,
  backOffMaxMs: 300_000,
  /** How long a pod's worker sleeps after an error and when all is well; both are stretched by up to a half. */
  retryMs: 10_000,
  resyncMs: 60_000,
  jitter: 0.5,
  /** How soon the worker notices that a sandbox exists: the relist of the runtime. */
  firstLookMs: 350,
  /**
   * Looks at a container that has just started: each brings a readiness probe forward. The first comes so soon that
   * it is nearly always refused, as on a real node.
   */
  looksAfterStartMs: [0, 1000, 2000],
  /**
   * Differs: where nobody listened at the first look, the next comes as soon as somebody does. On a real node it comes
   * with the full second.
   */
  peeksAfterStartMs: [300, 600, 1300, 1600],
  /**
   * How soon a pod with a readiness probe is looked at again when its container has ended: the probe notices, and the
   * look replaces `Error` by `CrashLoopBackOff`. Without such a probe `Error` stands for the whole back-off.
   */
  crashLoopLookMs: 1000,
  /** How soon a process that could not even be started is looked at again. */
  startErrorLookMs: 1000,
  mountRetryInitialMs: 500,
  mountRetryMaxMs: 122_000,
  /** Differs: no such limit by default. Six Node processes starting at once on two cores are slower than four and two. */
  parallelStarts: 4,
  /** Grace for the containers of a pod whose object has gone without a word. */
  orphanGraceMs: 2000,
  /** How often local storage is measured for eviction, and how long evicted containers get to end. */
  evictionLookMs: 10_000,
  evictionGraceMs: 1000,
  /** What a container gets at least to end by itself when its preStop hook has used up the grace. */
  stopGraceMs: 2000,
  /** What a sidecar gets at least when the others have used up the grace of the pod. */
  sidecarGraceMs: 2000,
  statusRetries: 5,
  logFileBytes: 10 * 1024 * 1024,
  probeOutputBytes: 10 * 1024,
  leaseRenewMs: 10_000,
  nodeStatusMs: 300_000,
  usageWindowMs: 10_000,
  shutdownMs: 2000,
} as const;
