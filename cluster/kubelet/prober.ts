import type { Clock, Timer } from '../../lib/clock.ts';
import type { Container, Probe } from '../objects/types.ts';
import { portOf } from './http-get.ts';
import { limits } from './limits.ts';
import type { PodHandle } from './pod-handle.ts';
import { type ProbeOutcome, runProbe } from './probe.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export type Trouble = Exclude<ProbeOutcome, { kind: 'success' }>;

/** The run that is being probed. */
export interface ProbedRun {
  id: string;
  startedAtMs: number;
  started: boolean;
  ready: boolean;
}

export interface ProberHost {
  container: Container;
  pod: PodHandle;
  clock: Clock;
  /** Undefined while the container is not running or is being stopped. */
  current(): ProbedRun | undefined;
  onStarted(): void;
  onReady(ready: boolean): void;
  /** A liveness or startup probe has failed as often as its threshold allows. */
  onUnhealthy(kind: 'liveness' | 'startup'): void;
  /** A probe has come to something else than plain success. */
  onTrouble(kind: ProbeKind, outcome: Trouble): void;
}

export interface Prober {
  /** Brings the readiness probe forward while the container is not ready; tells whether it did. The others keep their period. */
  hurry(): boolean;
  /** Does so only if the probe was refused last and would not be any more. */
  peek(): Promise<boolean>;
  stop(): void;
}

/** Probes one container, over all its runs, until stopped. */
export function createProber(host: ProberHost): Prober {
  const { startupProbe, readinessProbe, livenessProbe } = host.container;
  const onStarted = () => {
    host.onStarted();
    hurry();
  };
  const loops = [
    startupProbe && createLoop('startup', startupProbe, { ...host, onStarted }),
    readinessProbe && createLoop('readiness', readinessProbe, host),
    livenessProbe && createLoop('liveness', livenessProbe, host),
  ].filter((loop) => loop !== undefined);
  const hurry = () => loops.map((loop) => loop.hurry()).includes(true);
  return {
    hurry,
    peek: async () => (await Promise.all(loops.map((loop) => loop.peek()))).includes(true),
    stop: () => loops.forEach((loop) => loop.stop()),
  };
}

/** How a probe has fared with one run of the container. */
export interface Streak {
  runId: string;
  successes: number;
  failures: number;
}

/** The streak after one more outcome, and what it decides, if anything. Pure. */
export function judge(
  streak: Streak,
  outcome: ProbeOutcome,
  thresholds: { successThreshold?: number; failureThreshold?: number },
): { streak: Streak; verdict?: 'passed' | 'failed' } {
  if (outcome.kind === 'unknown') return { streak };
  const passed = outcome.kind === 'success' || outcome.kind === 'warning';
  const next = {
    ...streak,
    successes: passed ? streak.successes + 1 : 0,
    failures: passed ? 0 : streak.failures + 1,
  };
  if (passed)
    return next.successes >= (thresholds.successThreshold ?? 1)
      ? { streak: next, verdict: 'passed' }
      : { streak: next };
  return next.failures >= (thresholds.failureThreshold ?? 3) ? { streak: next, verdict: 'failed' } : { streak: next };
}

function createLoop(kind: ProbeKind, probe: Probe, host: ProberHost): Prober {
  const { clock } = host;
  const periodMs = (probe.periodSeconds ?? 10) * 1000;
  let streak: Streak = { runId: '', successes: 0, failures: 0 };
  let isBusy = false;
  let isStopped = false;
  let wasRefused = false;
  let timer: Timer = clock.setTimeout(tick, periodMs);

  function tick(): void {
    timer = clock.setTimeout(tick, periodMs);
    void attempt();
  }

  async function attempt(): Promise<void> {
    const run = host.current();
    if (isBusy || isStopped || !run || !isDue(kind, probe, run, clock.now())) return;
    if (run.id !== streak.runId) streak = { runId: run.id, successes: 0, failures: 0 };
    isBusy = true;
    const outcome = await runProbe(probe, host.container, host.pod, clock);
    isBusy = false;
    wasRefused = outcome.kind === 'failure' && outcome.output.endsWith('connection refused');
    // An answer about a run that has ended since says nothing.
    if (isStopped || host.current()?.id !== run.id) return;
    const judged = judge(streak, outcome, probe);
    streak = judged.streak;
    if (outcome.kind !== 'success') host.onTrouble(kind, outcome);
    if (judged.verdict) act(kind, judged.verdict, host);
  }

  function hurry(): boolean {
    const run = host.current();
    if (kind !== 'readiness' || isStopped || isBusy || !run || run.ready) return false;
    timer.cancel();
    tick();
    return true;
  }

  return {
    hurry,
    async peek() {
      return kind === 'readiness' && wasRefused && (await isListening(probe, host)) && hurry();
    },
    stop() {
      isStopped = true;
      timer.cancel();
    },
  };
}

async function isListening({ httpGet, tcpSocket }: Probe, { container, pod }: ProberHost): Promise<boolean> {
  try {
    const socket = await pod.connect(portOf(httpGet?.port ?? tcpSocket?.port, container), 'node');
    socket.destroy();
    return true;
  } catch {
    return false;
  }
}

function isDue(kind: ProbeKind, probe: Probe, run: ProbedRun, nowMs: number): boolean {
  if (nowMs - run.startedAtMs < (probe.initialDelaySeconds ?? 0) * 1000) return false;
  return kind === 'startup' ? !run.started : run.started;
}

function act(kind: ProbeKind, verdict: 'passed' | 'failed', host: ProberHost): void {
  if (kind === 'readiness') host.onReady(verdict === 'passed');
  else if (verdict === 'failed') host.onUnhealthy(kind);
  else if (kind === 'startup') host.onStarted();
}

/** The event that a probe makes which did not plainly succeed. */
export function probeEvent(kind: ProbeKind, outcome: Trouble): { reason: string; message: string } {
  const name = `${kind[0]?.toUpperCase()}${kind.slice(1)} probe`;
  if (outcome.kind === 'unknown') {
    return { reason: 'Unhealthy', message: `${name} errored and resulted in unknown state: ${outcome.error}` };
  }
  const output = outcome.output.slice(0, limits.probeOutputBytes);
  return outcome.kind === 'warning'
    ? { reason: 'ProbeWarning', message: `${name} warning: ${output}` }
    : { reason: 'Unhealthy', message: `${name} failed: ${output}` };
}
