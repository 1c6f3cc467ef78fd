import { pods } from '../client/resources.ts';
import type { PodAttachment } from '../network/pod-network.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { Alarm } from './alarm.ts';
import {
  type ContainerRecord,
  newEphemeralRecords,
  recordsOf,
  type Run,
  specOf,
  type Stopping,
} from './container-record.ts';
import type { ContainerLog } from './container-log.ts';
import { backOff, eventNoter, startContainer } from './container-start.ts';
import { gateStates, graceOf, isOlder, isOver, shownFields } from './pod-facts.ts';
import { failureOf, nextJudgementMs, type PodFailure } from './pod-failure.ts';
import { clearGround, foldersOf, type PodGround, prepareGround } from './pod-ground.ts';
import { PodLogs } from './pod-logs.ts';
import { probeContainer } from './pod-prober.ts';
import { stopRun } from './container-stop.ts';
import { runHook } from './lifecycle-hook.ts';
import { limits } from './limits.ts';
import { type Action, planPod } from './plan.ts';
import { podHandleOf } from './exec-in-pod.ts';
import type { PodServices } from './pod-services.ts';
import { podStatus } from './pod-status.ts';
import type { Prober } from './prober.ts';
import { nextSyncMs, type Outcome } from './sync-interval.ts';
import { writeStatus } from './status-writer.ts';
import { terminationMessage } from './termination-message.ts';

/**
 * Looks after one pod, from its binding to its end. As in Kubernetes each round reports the status first and acts
 * then, so that a failure shows one round after it happened.
 */
export class PodWorker {
  readonly records: ContainerRecord[];
  readonly logs = new PodLogs();
  /** Resolves when the pod is gone from this node. */
  readonly done: Promise<void>;

  readonly #services: PodServices;
  readonly #alarm: Alarm;
  readonly #startedAtMs: number;
  readonly #probers: Prober[] = [];
  #pod: Pod;
  #attachment: PodAttachment | undefined;
  #ground: PodGround | undefined;
  #round = 0;
  #mountFailures = 0;
  /** The kubelet has just ended an unhealthy container: it restarts it before it reports. */
  #actsFirst = false;
  /** Why the pod may not go on, once that is so. */
  #failure: PodFailure | undefined;
  #stoppingSinceMs: number | undefined;
  /** It had ended before this kubelet began: all that is left of it are its logs. */
  readonly #wasOver: boolean;
  #isOrphan = false;
  #isDone = false;

  constructor(pod: Pod, services: PodServices) {
    this.#pod = pod;
    this.#services = services;
    this.#alarm = new Alarm(services.clock);
    this.#startedAtMs = services.clock.now();
    this.records = recordsOf(pod, this.#startedAtMs);
    this.#wasOver = isOver(pod);
    this.logs.recover(this.records, foldersOf(pod, services).logDir, services.clock);
    this.#noteRestart();
    this.done = this.#run();
  }

  /** The pod outlived the node's last life; its containers did not. */
  #noteRestart(): void {
    if (this.#wasOver || !this.records.some(({ ended }) => ended?.reason === 'Unknown')) return;
    const message = 'Pod sandbox changed, it will be killed and re-created.';
    this.#services.recorder.record({ about: this.#pod, type: 'Normal', reason: 'SandboxChanged', message });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** The object has changed. */
  update(pod: Pod): void {
    const before = this.#pod;
    if (this.#isOrphan || isOlder(pod, before)) return;
    this.#pod = pod;
    for (const record of newEphemeralRecords(pod, this.records, this.#services.clock.now())) {
      this.records.push(record);
      if (this.#ground) this.#probers.push(this.#probe(record));
    }
    const graceMs = graceOf(pod);
    if (before.metadata.deletionTimestamp && graceMs < graceOf(before)) this.#hastenEnd(graceMs);
    if (
      before.metadata.generation !== pod.metadata.generation ||
      before.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
      gateStates(before) !== gateStates(pod)
    )
      this.#alarm.ring();
    if (shownFields(before) !== shownFields(pod)) this.refreshVolumes();
  }

  /** The object is gone without the kubelet's doing. */
  orphan(): void {
    if (this.#isDone) return;
    const { clock } = this.#services;
    const metadata = {
      ...this.#pod.metadata,
      deletionTimestamp: new Date(clock.now()).toISOString(),
      deletionGracePeriodSeconds: limits.orphanGraceMs / 1000,
    };
    this.update({ ...this.#pod, metadata });
    this.#isOrphan = true;
    this.#alarm.ring();
  }

  /** A ConfigMap or Secret has changed that the pod may show in a volume. */
  refreshVolumes(): void {
    if (!this.#ground) return;
    try {
      prepareGround(this.#pod, this.#ground.attachment, this.#services);
    } catch {
      // What has gone stays in the volume as it was, as on a real node.
    }
  }

  /** Ends everything at once and leaves the object alone: the engine stops. */
  async stop(): Promise<void> {
    this.#isDone = true;
    this.#stopProbers();
    void this.#killAll();
    this.#alarm.ring();
    await this.done;
    // The round that was under way may have started one more.
    await this.#killAll();
    this.logs.close();
  }

  #killAll(): Promise<unknown> {
    const runs = this.records.map(({ run }) => run).filter((run) => run !== undefined);
    for (const run of runs) run.container.kill('SIGKILL');
    return Promise.all(runs.map((run) => run.container.exited));
  }

  async #run(): Promise<void> {
    while (!this.#isDone) {
      let delayMs: number | undefined = limits.retryMs;
      try {
        delayMs = await this.#sync();
      } catch (error) {
        this.#services.log(`pod ${this.#pod.metadata.name}: sync failed`, error);
      }
      this.#round++;
      if (!this.#isDone) await this.#alarm.sleep(delayMs);
    }
  }

  /** One round. Returns how long the next may wait; undefined: until something happens. */
  async #sync(): Promise<number | undefined> {
    const { clock, random } = this.#services;
    if (this.#wasOver && !this.#pod.metadata.deletionTimestamp) return undefined;
    this.#judge();
    const actsFirst = this.#actsFirst;
    this.#actsFirst = false;
    if (!actsFirst) await this.#report();
    if (this.#isDone) return undefined;
    if (!this.#ground && !this.#pod.metadata.deletionTimestamp) {
      const retryMs = this.#prepare();
      if (retryMs !== undefined) return retryMs;
    }
    const outcomes: Outcome[] = [];
    for (const action of planPod(this.#pod, this.records, clock.now(), this.#failure !== undefined)) {
      outcomes.push(await this.#perform(action));
      if (this.#isDone) return undefined;
    }
    if (actsFirst) await this.#report();
    return Math.min(
      nextSyncMs(outcomes, this.#round === 0, random),
      this.#failure ? Number.POSITIVE_INFINITY : nextJudgementMs(this.#pod, clock.now()),
    );
  }

  /** Finds out whether the pod as a whole may go on. */
  #judge(): void {
    if (this.#failure || this.#pod.metadata.deletionTimestamp || isOver(this.#pod)) return;
    const { clock, recorder } = this.#services;
    this.#failure = failureOf(this.#pod, this.#ground?.volumes, clock.now());
    if (!this.#failure) return;
    const { eventType: type, reason, message } = this.#failure;
    recorder.record({ about: this.#pod, type, reason, message });
  }

  async #report(): Promise<void> {
    if (this.#isOrphan) return;
    const { client, clock, hostIP } = this.#services;
    const facts = {
      hostIP,
      podIP: this.#ground?.attachment.ip ?? this.#pod.status?.podIP,
      startedAtMs: this.#startedAtMs,
      ...(this.#failure ? { failure: this.#failure } : {}),
    };
    const written = await writeStatus(client, this.#pod, (pod) =>
      podStatus(pod, this.records, { ...facts, nowMs: clock.now() }),
    );
    if (!written) return this.orphan();
    if (!isOlder(written, this.#pod)) this.#pod = written;
  }

  /** Network and volumes. Returns when to try again if a volume cannot be mounted yet. */
  #prepare(): number | undefined {
    const { network, recorder } = this.#services;
    const attachment = (this.#attachment ??= network.attach(this.#pod));
    try {
      this.#ground = prepareGround(this.#pod, attachment, this.#services);
    } catch (error) {
      const { message } = error as Error;
      recorder.record({ about: this.#pod, type: 'Warning', reason: 'FailedMount', message });
      return Math.min(limits.mountRetryInitialMs * 2 ** this.#mountFailures++, limits.mountRetryMaxMs);
    }
    for (const record of this.records) this.#probers.push(this.#probe(record));
    return undefined;
  }

  #probe(record: ContainerRecord): Prober {
    return probeContainer(record, {
      pod: this.#pod,
      handle: this.#handle(),
      services: this.#services,
      onChange: () => this.#alarm.ring(),
      onUnhealthy: (message, graceSeconds) => this.#stopContainer(record, 'unhealthy', message, graceSeconds),
    });
  }

  async #perform(action: Action): Promise<Outcome> {
    switch (action.kind) {
      case 'start':
        return this.#start(this.#record(action.name), action.backOff);
      case 'back-off':
        return backOff(this.#pod, this.#record(action.name), action, this.#services);
      case 'stop':
        this.#stopContainer(this.#record(action.name), action.why, stopMessage(action));
        return { kind: 'waiting' };
      case 'remove':
        await this.#remove();
        return { kind: 'waiting' };
      case 'finish':
        this.#stopProbers();
        this.#services.network.detach(this.#pod.metadata.uid ?? '');
        return { kind: 'waiting' };
    }
  }

  async #start(record: ContainerRecord, backOff: Parameters<typeof startContainer>[3]['backOff']): Promise<Outcome> {
    const ground = this.#ground;
    if (!ground) return { kind: 'waiting' };
    const container = specOf(this.#pod, record.name);
    record.started = !container.startupProbe;
    record.ready = record.started && !container.readinessProbe;
    record.wasUp ||= record.started;
    const log = await startContainer(this.#pod, container, record, { ground, services: this.#services, backOff });
    if (!log) return { kind: 'failed' };
    const { run } = record;
    this.logs.add(record, run?.id ?? record.ended?.id ?? '', log);
    if (!run) return { kind: 'not-started' };
    void this.#watch(record, run, log);
    this.#alarm.ring();
    return { kind: 'started' };
  }

  async #watch(record: ContainerRecord, run: Run, log: ContainerLog): Promise<void> {
    const { clock } = this.#services;
    const index = this.records.indexOf(record);
    for (const delayMs of limits.looksAfterStartMs) clock.setTimeout(() => this.#probers[index]?.hurry(), delayMs);
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
    this.#actsFirst ||= unhealthy;
    this.#alarm.ring();
  }

  #messageOf(record: ContainerRecord, exitCode: number, log: ContainerLog): string {
    const container = specOf(this.#pod, record.name);
    return this.#ground
      ? terminationMessage(container, exitCode, { podDir: this.#ground.podDir, logFile: log.file })
      : '';
  }

  async #postStart(record: ContainerRecord, run: Run): Promise<void> {
    const container = specOf(this.#pod, record.name);
    const hook = container.lifecycle?.postStart;
    if (!hook) return;
    const { clock } = this.#services;
    const abort = new AbortController();
    void run.container.exited.then(() => abort.abort());
    try {
      await runHook(hook, container, { pod: this.#handle(), clock, signal: abort.signal });
    } catch (error) {
      if (record.run !== run) return;
      eventNoter(this.#pod, record, this.#services)(
        'Warning',
        'FailedPostStartHook',
        `PostStartHook failed: ${(error as Error).message}`,
      );
      this.#stopContainer(record, 'unhealthy', 'FailedPostStartHook');
    }
  }

  #stopContainer(record: ContainerRecord, why: Stopping['why'], message: string, graceSeconds?: number): void {
    const { run } = record;
    if (!run) return;
    const { clock } = this.#services;
    const note = eventNoter(this.#pod, record, this.#services);
    run.stopping = { why, sinceMs: clock.now() };
    note('Normal', 'Killing', message);
    const graceMs =
      why === 'deleted'
        ? this.#graceLeftMs(record)
        : (graceSeconds ?? this.#pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000;
    void stopRun(run, specOf(this.#pod, record.name), {
      graceMs,
      pod: this.#handle(),
      clock,
      onHookFailure: (text) => note('Warning', 'FailedPreStopHook', `PreStopHook failed: ${text}`),
    });
  }

  /** The grace is the pod's: sidecars, which are stopped last, get what the others have left of it. */
  #graceLeftMs(record: ContainerRecord): number {
    if (this.#failure?.isDisruption) return limits.evictionGraceMs;
    const nowMs = this.#services.clock.now();
    this.#stoppingSinceMs ??= nowMs;
    const graceMs = graceOf(this.#pod);
    if (record.kind !== 'sidecar') return graceMs;
    return Math.max(Math.min(graceMs, limits.sidecarGraceMs), graceMs - (nowMs - this.#stoppingSinceMs));
  }

  /** The grace of a pod that is going has become shorter. */
  #hastenEnd(graceMs: number): void {
    for (const { run } of this.records) {
      if (run) this.#services.clock.setTimeout(() => run.container.kill('SIGKILL'), graceMs);
    }
  }

  async #remove(): Promise<void> {
    const { client } = this.#services;
    const { uid, name = '', namespace } = this.#pod.metadata;
    this.#stopProbers();
    if (!this.#isOrphan) {
      await this.#report();
      await client.delete(pods, name, { namespace, gracePeriodSeconds: 0, uid }).catch((error: unknown) => {
        if (!isStatusError(error, 'NotFound') && !isStatusError(error, 'Conflict')) throw error;
      });
    }
    this.#isDone = true;
    this.logs.close();
    clearGround(this.#pod, this.#services);
  }

  #handle() {
    return podHandleOf(
      this.#pod.metadata.uid ?? '',
      this.#ground?.attachment.ip ?? '',
      this.records,
      this.#services.network,
    );
  }

  #record(name: string): ContainerRecord {
    return this.records.find((one) => one.name === name) as ContainerRecord;
  }

  #stopProbers(): void {
    for (const prober of this.#probers) prober.stop();
  }
}

function stopMessage({ name, why }: Extract<Action, { kind: 'stop' }>): string {
  return why === 'changed' ? `Container ${name} definition changed, will be restarted` : `Stopping container ${name}`;
}
