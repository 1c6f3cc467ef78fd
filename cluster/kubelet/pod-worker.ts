import { pods } from '../client/resources.ts';
import type { PodAttachment } from '../network/pod-network.ts';
import { isEnded } from '../objects/pod-state.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { Alarm } from './alarm.ts';
import type { ContainerRecord } from './container-record.ts';
import { backOff } from './container-start.ts';
import { gateStates, graceOf, isOlder, shownFields } from './pod-facts.ts';
import { failureOf, nextJudgementMs, type PodFailure } from './pod-failure.ts';
import { clearGround, type PodGround, prepareGround } from './pod-ground.ts';
import { PodContainers, type PodView } from './pod-containers.ts';
import type { PodLogs } from './pod-logs.ts';
import { PodTokens } from './pod-tokens.ts';
import { limits } from './limits.ts';
import { type Action, planPod } from './plan.ts';
import type { PodServices } from './pod-services.ts';
import { reportMissingPullSecrets } from './pull-secrets.ts';
import { podStatus } from './pod-status.ts';
import { nextSyncMs, type Outcome } from './sync-interval.ts';
import { writeStatus } from './status-writer.ts';
import { MountErrors } from './volumes.ts';

/**
 * Looks after one pod, from its binding to its end. As in Kubernetes each round reports the status first and acts
 * then, so that a failure shows one round after it happened.
 */
export class PodWorker {
  /** Resolves when the pod is gone from this node. */
  readonly done: Promise<void>;

  readonly #services: PodServices;
  readonly #alarm: Alarm;
  readonly #startedAtMs: number;
  readonly #tokens: PodTokens;
  readonly #containers: PodContainers;
  #pod: Pod;
  #attachment: PodAttachment | undefined;
  #ground: PodGround | undefined;
  #round = 0;
  #mountFailures = 0;
  /** The kubelet has just ended an unhealthy container: it restarts it before it reports. */
  #actsFirst = false;
  /** Why the pod may not go on, once that is so. */
  #failure: PodFailure | undefined;
  /** It had ended before this kubelet began: all that is left of it are its logs. */
  readonly #wasOver: boolean;
  #isOrphan = false;
  #isDone = false;

  constructor(pod: Pod, services: PodServices) {
    this.#pod = pod;
    this.#services = services;
    this.#alarm = new Alarm(services.clock);
    this.#startedAtMs = services.clock.now();
    this.#tokens = new PodTokens(services);
    this.#wasOver = isEnded(pod);
    this.#containers = this.#contain();
    this.#noteRestart();
    this.done = this.#run();
  }

  #contain(): PodContainers {
    const view: PodView = {
      pod: () => this.#pod,
      ground: () => this.#ground,
      isEvicted: () => this.#failure?.isDisruption ?? false,
      wake: (unhealthy = false) => {
        this.#actsFirst ||= unhealthy;
        this.#alarm.ring();
      },
    };
    return new PodContainers(view, this.#services);
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

  get records(): readonly ContainerRecord[] {
    return this.#containers.records;
  }

  get logs(): PodLogs {
    return this.#containers.logs;
  }

  /** The object has changed. */
  update(pod: Pod): void {
    const before = this.#pod;
    if (this.#isOrphan || isOlder(pod, before)) return;
    this.#pod = pod;
    this.#containers.adopt(pod);
    const graceMs = graceOf(pod);
    if (before.metadata.deletionTimestamp && graceMs < graceOf(before)) this.#containers.hastenEnd(graceMs);
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
      this.#mount(this.#ground.attachment);
    } catch {
      // What has gone stays in the volume as it was, as on a real node.
    }
  }

  /** Ends everything at once and leaves the object alone: the engine stops. */
  async stop(): Promise<void> {
    this.#isDone = true;
    this.#containers.endProbing();
    void this.#containers.killAll();
    this.#alarm.ring();
    await this.done;
    // The round that was under way may have started one more.
    await this.#containers.killAll();
    this.logs.close();
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
    // What came while that was being written is shown before anything is done about it: a round sees one state.
    if (this.#ground && !actsFirst && this.#alarm.isRinging) return 0;
    if (!this.#ground && !this.#pod.metadata.deletionTimestamp) {
      const retryMs = await this.#prepare();
      if (retryMs !== undefined) return retryMs;
    } else if (this.#ground && (await this.#tokens.renew(this.#pod))) this.refreshVolumes();
    if (this.#ground && !this.#pod.metadata.deletionTimestamp) reportMissingPullSecrets(this.#pod, this.#services);
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
    if (this.#failure || this.#pod.metadata.deletionTimestamp || isEnded(this.#pod)) return;
    const { clock, recorder } = this.#services;
    this.#failure = failureOf(this.#pod, this.#ground, clock.now());
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
  async #prepare(): Promise<number | undefined> {
    const { network, recorder } = this.#services;
    const attachment = (this.#attachment ??= network.attach(this.#pod));
    try {
      await this.#tokens.renew(this.#pod);
      this.#ground = this.#mount(attachment);
    } catch (error) {
      for (const message of error instanceof MountErrors ? error.messages : [(error as Error).message]) {
        recorder.record({ about: this.#pod, type: 'Warning', reason: 'FailedMount', message });
      }
      return Math.min(limits.mountRetryInitialMs * 2 ** this.#mountFailures++, limits.mountRetryMaxMs);
    }
    this.#containers.beginProbing();
    return undefined;
  }

  #mount(attachment: PodAttachment): PodGround {
    return prepareGround(this.#pod, {
      attachment,
      services: this.#services,
      token: (source) => this.#tokens.read(source),
    });
  }

  async #perform(action: Action): Promise<Outcome> {
    switch (action.kind) {
      case 'start':
        return this.#containers.start(this.#containers.find(action.name), action.backOff);
      case 'back-off':
        return backOff(this.#pod, this.#containers.find(action.name), action, this.#services);
      case 'stop':
        this.#containers.stop(this.#containers.find(action.name), action.why, stopMessage(action));
        return { kind: 'waiting' };
      case 'remove':
        await this.#remove();
        return { kind: 'waiting' };
      case 'finish':
        this.#containers.endProbing();
        this.#services.network.detach(this.#pod.metadata.uid ?? '');
        return { kind: 'waiting' };
    }
  }

  async #remove(): Promise<void> {
    const { client } = this.#services;
    const { uid, name = '', namespace } = this.#pod.metadata;
    this.#containers.endProbing();
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
}

function stopMessage({ name, why }: Extract<Action, { kind: 'stop' }>): string {
  return why === 'changed' ? `Container ${name} definition changed, will be restarted` : `Stopping container ${name}`;
}
