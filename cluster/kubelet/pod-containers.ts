import type { Pod } from '../objects/types.ts';
import {
  type ContainerRecord,
  newEphemeralRecords,
  recordsOf,
  type Run,
  specOf,
  type Stopping,
} from './container-record.ts';
import type { ContainerLog } from './container-log.ts';
import { eventNoter, startContainer } from './container-start.ts';
import { stopRun } from './container-stop.ts';
import { podHandleOf } from './exec-in-pod.ts';
import { hookFailure, runHook } from './lifecycle-hook.ts';
import { limits } from './limits.ts';
import { lookAfterStart } from './look-after-start.ts';
import { graceOf } from './pod-facts.ts';
import { foldersOf, type PodGround } from './pod-ground.ts';
import { PodLogs } from './pod-logs.ts';
import { probeContainer } from './pod-prober.ts';
import type { PodServices } from './pod-services.ts';
import type { Prober } from './prober.ts';
import type { Outcome } from './sync-interval.ts';
import { terminationMessage } from './termination-message.ts';

/** What the containers need to know of their pod, as it is now. */
export interface PodView {
  pod(): Pod;
  /** Not there until network and volumes are. */
  ground(): PodGround | undefined;
  isEvicted(): boolean;
  /** @param unhealthy the kubelet has just ended an unhealthy container */
  wake(unhealthy?: boolean): void;
}

/** The containers of one pod: starts, watches, probes and stops them, and keeps the books. */
export class PodContainers {
  readonly records: ContainerRecord[];
  readonly logs = new PodLogs();
  readonly #view: PodView;
  readonly #services: PodServices;
  readonly #probers: Prober[] = [];
  #stoppingSinceMs: number | undefined;

  constructor(view: PodView, services: PodServices) {
    this.#view = view;
    this.#services = services;
    this.records = recordsOf(view.pod(), services.clock.now());
    this.logs.recover(this.records, foldersOf(view.pod(), services).logDir, services.clock);
  }

  /** Takes up the ephemeral containers that the object has got. */
  adopt(pod: Pod): void {
    for (const record of newEphemeralRecords(pod, this.records, this.#services.clock.now())) {
      this.records.push(record);
      if (this.#view.ground()) this.#probers.push(this.#probe(record));
    }
  }

  beginProbing(): void {
    for (const record of this.records) this.#probers.push(this.#probe(record));
  }

  endProbing(): void {
    for (const prober of this.#probers) prober.stop();
  }

  find(name: string): ContainerRecord {
    return this.records.find((one) => one.name === name) as ContainerRecord;
  }

  async start(record: ContainerRecord, backOff: Parameters<typeof startContainer>[3]['backOff']): Promise<Outcome> {
    const [pod, ground] = [this.#view.pod(), this.#view.ground()];
    if (!ground) return { kind: 'waiting' };
    const container = specOf(pod, record.name);
    const before = { ...record };
    record.started = !container.startupProbe;
    record.ready = record.started && !container.readinessProbe;
    record.wasUp ||= record.started;
    const log = await startContainer(pod, container, record, { ground, services: this.#services, backOff });
    if (!log) return { kind: 'failed' };
    const { run } = record;
    this.logs.add(record, run?.id ?? record.ended?.id ?? '', log);
    if (!run) return { kind: 'not-started' };
    if (container.lifecycle?.postStart) run.shownAs = before;
    void this.#watch(record, run, log);
    this.#view.wake();
    return { kind: 'started' };
  }

  stop(record: ContainerRecord, why: Stopping['why'], message: string, graceSeconds?: number): void {
    const { run } = record;
    if (!run) return;
    const pod = this.#view.pod();
    const { clock } = this.#services;
    const note = eventNoter(pod, record, this.#services);
    run.stopping = { why, sinceMs: clock.now() };
    if (why === 'deleted') this.#announceEnd();
    else note('Normal', 'Killing', message);
    const graceMs =
      why === 'deleted'
        ? this.#graceLeftMs(record)
        : (graceSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    void stopRun(run, specOf(pod, record.name), {
      graceMs,
      pod: this.#handle(),
      clock,
      // Why is left out on purpose: the output of a hook may hold secrets.
      onHookFailure: () => note('Warning', 'FailedPreStopHook', 'PreStopHook failed'),
    });
  }

  /** A pod that goes says so of all that runs in it, also of sidecars, whose turn comes later. */
  #announceEnd(): void {
    for (const record of this.records) {
      if (!record.run || record.run.isAnnounced) continue;
      record.run.isAnnounced = true;
      const note = eventNoter(this.#view.pod(), record, this.#services);
      note('Normal', 'Killing', `Stopping container ${record.name}`);
    }
  }

  /** The grace of a pod that is going has become shorter. */
  hastenEnd(graceMs: number): void {
    for (const { run } of this.records) {
      if (run) this.#services.clock.setTimeout(() => run.container.kill('SIGKILL'), graceMs);
    }
  }

  killAll(): Promise<unknown> {
    const runs = this.records.map(({ run }) => run).filter((run) => run !== undefined);
    for (const run of runs) run.container.kill('SIGKILL');
    return Promise.all(runs.map((run) => run.container.exited));
  }

  #probe(record: ContainerRecord): Prober {
    return probeContainer(record, {
      pod: this.#view.pod(),
      handle: this.#handle(),
      services: this.#services,
      onChange: () => this.#view.wake(),
      onUnhealthy: (message, graceSeconds) => this.stop(record, 'unhealthy', message, graceSeconds),
    });
  }

  async #watch(record: ContainerRecord, run: Run, log: ContainerLog): Promise<void> {
    const { clock } = this.#services;
    const index = this.records.indexOf(record);
    lookAfterStart(() => this.#probers[index], clock);
    void this.#postStart(record, run);
    const exit = await run.container.exited;
    log.close();
    if (record.run !== run) return;
    this.logs.keepOnly(record.name, run.id);
    const unhealthy = run.stopping?.why === 'unhealthy';
    const changed = run.stopping?.why === 'changed';
    const { id, startedAtMs, attempt } = run;
    const message = exit.message ?? this.#messageOf(record, exit.exitCode, log);
    record.run = undefined;
    record.ended = { ...exit, id, startedAtMs, attempt, unhealthy, changed, ...(message ? { message } : {}) };
    // What failed was another program.
    if (changed) record.restartBackOff = undefined;
    this.#view.wake(unhealthy);
  }

  #messageOf(record: ContainerRecord, exitCode: number, log: ContainerLog): string {
    const [pod, ground] = [this.#view.pod(), this.#view.ground()];
    const container = specOf(pod, record.name);
    return ground ? terminationMessage(container, exitCode, { podDir: ground.podDir, logFile: log.file }) : '';
  }

  async #postStart(record: ContainerRecord, run: Run): Promise<void> {
    const pod = this.#view.pod();
    const container = specOf(pod, record.name);
    const hook = container.lifecycle?.postStart;
    if (!hook) return;
    const { clock } = this.#services;
    const abort = new AbortController();
    void run.container.exited.then(() => abort.abort());
    try {
      await runHook(hook, container, { pod: this.#handle(), clock, signal: abort.signal });
      run.shownAs = undefined;
      this.#view.wake();
    } catch (error) {
      if (record.run !== run) return;
      eventNoter(pod, record, this.#services)('Warning', 'FailedPostStartHook', 'PostStartHook failed');
      record.waiting = {
        reason: 'PostStartHookError',
        message: hookFailure(pod, container, hook, (error as Error).message),
      };
      this.stop(record, 'hook-failed', 'FailedPostStartHook');
    }
  }

  /** The grace is the pod's: sidecars, which are stopped last, get what the others have left of it. */
  #graceLeftMs(record: ContainerRecord): number {
    if (this.#view.isEvicted()) return limits.evictionGraceMs;
    const nowMs = this.#services.clock.now();
    this.#stoppingSinceMs ??= nowMs;
    const graceMs = graceOf(this.#view.pod());
    if (record.kind !== 'sidecar') return graceMs;
    return Math.max(Math.min(graceMs, limits.sidecarGraceMs), graceMs - (nowMs - this.#stoppingSinceMs));
  }

  #handle() {
    const [pod, ground] = [this.#view.pod(), this.#view.ground()];
    return podHandleOf(pod.metadata.uid ?? '', ground?.attachment.ip ?? '', this.records, this.#services.network);
  }
}
