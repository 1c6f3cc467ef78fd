import type { Pod } from '../objects/types.ts';
import { type ContainerRecord, fieldPathOf, specOf } from './container-record.ts';
import type { PodHandle } from './pod-handle.ts';
import type { PodServices } from './pod-services.ts';
import { createProber, probeEvent, type Prober } from './prober.ts';

/** Probes one container of a pod and keeps its record up to date. */
export function probeContainer(
  record: ContainerRecord,
  given: {
    pod: Pod;
    handle: PodHandle;
    services: PodServices;
    onChange: () => void;
    onUnhealthy: (message: string, graceSeconds: number | undefined) => void;
  },
): Prober {
  const { pod, handle, services, onChange, onUnhealthy } = given;
  const container = specOf(pod, record.name);
  return createProber({
    container,
    pod: handle,
    clock: services.clock,
    current() {
      const { run, started, ready } = record;
      return run && !run.stopping && !run.shownAs
        ? { id: run.id, startedAtMs: run.startedAtMs, started, ready }
        : undefined;
    },
    onStarted() {
      record.started = true;
      record.wasUp = true;
      record.ready = !container.readinessProbe;
      onChange();
    },
    onReady(ready) {
      if (record.ready === ready) return;
      record.ready = ready;
      onChange();
    },
    onUnhealthy(kind) {
      const probe = kind === 'startup' ? container.startupProbe : container.livenessProbe;
      const message = `Container ${record.name} failed ${kind} probe, will be restarted`;
      onUnhealthy(message, probe?.terminationGracePeriodSeconds);
    },
    onTrouble(kind, outcome) {
      const event = probeEvent(kind, outcome);
      services.recorder.record({ about: pod, fieldPath: fieldPathOf(record), type: 'Warning', ...event });
    },
  });
}
