import { cpus, freemem, totalmem } from 'node:os';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { PodUsage } from '../apiserver/node-proxy.ts';
import { limits } from './limits.ts';
import type { NodeOptions } from './node-object.ts';
import type { PodWorker } from './pod-worker.ts';

interface Sample {
  atMs: number;
  cpuMs: number;
}

interface NodeUsage {
  name: string;
  timestampMs: number;
  windowMs: number;
  cpuNanoCores: number;
  workingSetBytes: number;
}

/** Measures processor time over windows and remembers the last complete one, as a metrics server does. */
export class UsageMeter {
  readonly #clock: Clock;
  readonly #workers: () => Iterable<PodWorker>;
  readonly #nodeName: string;
  readonly #sharesMachine: boolean;
  /** The last two samples by container id. */
  readonly #samples = new Map<string, readonly [before: Sample, now: Sample]>();
  #nodeSamples: readonly [Sample, Sample];
  #timer: Timer;

  constructor(options: { clock: Clock; node: NodeOptions; workers: () => Iterable<PodWorker> }) {
    this.#clock = options.clock;
    this.#nodeName = options.node.name;
    this.#sharesMachine = options.node.sharesMachine ?? false;
    this.#workers = options.workers;
    const start = { atMs: this.#clock.now(), cpuMs: nodeCpuMs() };
    this.#nodeSamples = [start, start];
    this.#timer = this.#schedule();
  }

  stop(): void {
    this.#timer.cancel();
  }

  pods(): PodUsage[] {
    return [...this.#workers()].flatMap((worker) => this.#podUsage(worker) ?? []);
  }

  node(): NodeUsage {
    if (this.#sharesMachine) return this.#podsTogether();
    const window = latestWindow(this.#nodeSamples, { atMs: this.#clock.now(), cpuMs: nodeCpuMs() });
    return { name: this.#nodeName, ...window, workingSetBytes: totalmem() - freemem() };
  }

  /** What a node uses of a machine that is several. */
  #podsTogether(): NodeUsage {
    const containers = this.pods().flatMap((pod) => pod.containers);
    return {
      name: this.#nodeName,
      timestampMs: this.#clock.now(),
      windowMs: limits.usageWindowMs,
      cpuNanoCores: containers.reduce((sum, { cpuNanoCores }) => sum + cpuNanoCores, 0),
      workingSetBytes: containers.reduce((sum, { workingSetBytes }) => sum + workingSetBytes, 0),
    };
  }

  #podUsage({ pod, records }: PodWorker): PodUsage | undefined {
    const nowMs = this.#clock.now();
    const measured = records.flatMap(({ name, run }) => {
      if (!run) return [];
      const { cpuMs, workingSetBytes } = run.container.usage();
      const birth = { atMs: run.startedAtMs, cpuMs: 0 };
      const window = latestWindow(this.#samples.get(run.id) ?? [birth, birth], { atMs: nowMs, cpuMs });
      return [{ ...window, container: { name, cpuNanoCores: window.cpuNanoCores, workingSetBytes } }];
    });
    const [first] = measured;
    if (!first) return undefined;
    const { name = '', namespace = '', labels = {} } = pod.metadata;
    const { timestampMs, windowMs } = first;
    return { namespace, name, labels, timestampMs, windowMs, containers: measured.map(({ container }) => container) };
  }

  #schedule(): Timer {
    return this.#clock.setTimeout(() => {
      this.#timer = this.#schedule();
      this.#sample();
    }, limits.usageWindowMs);
  }

  #sample(): void {
    const atMs = this.#clock.now();
    const live = new Set<string>();
    for (const { records } of this.#workers()) {
      for (const { run } of records) {
        if (!run) continue;
        live.add(run.id);
        const now = { atMs, cpuMs: run.container.usage().cpuMs };
        this.#samples.set(run.id, [this.#samples.get(run.id)?.[1] ?? { atMs: run.startedAtMs, cpuMs: 0 }, now]);
      }
    }
    for (const id of this.#samples.keys()) if (!live.has(id)) this.#samples.delete(id);
    this.#nodeSamples = [this.#nodeSamples[1], { atMs, cpuMs: nodeCpuMs() }];
  }
}

/** The last complete window; before there is one, what has passed since the first sample. */
function latestWindow([before, last]: readonly [Sample, Sample], now: Sample) {
  const end = last.atMs > before.atMs ? last : now;
  const windowMs = Math.max(1, end.atMs - before.atMs);
  const cpuNanoCores = Math.round((Math.max(0, end.cpuMs - before.cpuMs) / windowMs) * 1e9);
  return { timestampMs: end.atMs, windowMs, cpuNanoCores };
}

function nodeCpuMs(): number {
  return cpus().reduce((total, { times }) => total + times.user + times.sys + times.nice + times.irq, 0);
}
