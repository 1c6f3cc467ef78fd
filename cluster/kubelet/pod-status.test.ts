import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../objects/types.ts';
import { type ContainerRecord, type EndedRun, recordsOf, type Run } from './container-record.ts';
import { podStatus } from './pod-status.ts';

const recordings = new URL('../../../shared/real-kubernetes/recordings/', import.meta.url);

/** A pod as a real cluster had it, without its status. */
function recordedPod(path: string): { pod: Pod; status: NonNullable<Pod['status']> } {
  const text = readFileSync(new URL(path, recordings), 'utf8');
  const list = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as { items: Pod[] };
  const [pod] = list.items;
  if (!pod?.status) throw new Error(`no pod in ${path}`);
  return { pod: { ...pod, status: undefined }, status: pod.status };
}

/** Rebuilds what the kubelet knew from the status that it reported. */
function recordFrom(pod: Pod, status: NonNullable<Pod['status']>): ContainerRecord {
  const [record] = recordsOf(pod, 0);
  const [container] = status.containerStatuses ?? [];
  if (!record || !container) throw new Error('no container');
  const { running, terminated, waiting } = container.state ?? {};
  const last = container.lastState?.terminated;
  return {
    ...record,
    restartCount: container.restartCount,
    imageDigest: container.imageID,
    started: running !== undefined,
    ready: container.ready,
    waiting: waiting ? { reason: waiting.reason ?? '', message: waiting.message ?? '' } : undefined,
    run: running && runFrom(container.containerID, running.startedAt),
    ended: terminated ? endFrom(terminated) : waiting && last ? endFrom(last) : undefined,
    endedBefore: last && !waiting ? endFrom(last) : undefined,
  };
}

function runFrom(containerID = '', startedAt = ''): Run {
  return {
    id: idOf(containerID),
    startedAtMs: Date.parse(startedAt),
    attempt: 0,
    image: '',
    container: undefined as never,
  };
}

type Terminated = NonNullable<NonNullable<NonNullable<Pod['status']>['containerStatuses']>[0]['state']>['terminated'];

function endFrom(end: NonNullable<Terminated>): EndedRun {
  return {
    id: idOf(end.containerID),
    attempt: 0,
    startedAtMs: Date.parse(end.startedAt ?? ''),
    finishedAtMs: Date.parse(end.finishedAt ?? ''),
    exitCode: end.exitCode,
    reason: end.reason as EndedRun['reason'],
    message: end.message,
    unhealthy: false,
  };
}

function idOf(containerID = ''): string {
  return containerID.replace('containerd://', '');
}

describe('podStatus', () => {
  it.each([
    'a-missing-env/t180_get_pods_json.txt',
    'b-image-missing/t010_get_pods_json.txt',
    'b-image-missing/t180_get_pods_json.txt',
    'c-wrong-liveness-port/t180_get_pods_json.txt',
    'e-oom/t180_get_pods_json.txt',
    'g-readiness-404/t060_get_pods_json.txt',
    'i-configmap-missing/t180_get_pods_json.txt',
    'k-liveness-aggressive/t300_get_pods_json.txt',
    'n-bad-command/t180_get_pods_json.txt',
  ])('reports what a real kubelet reported: %s', (path) => {
    const { pod, status } = recordedPod(path);
    const startedAtMs = Date.parse(status.startTime ?? '');
    const made = podStatus(pod, [recordFrom(pod, status)], {
      hostIP: status.hostIP ?? '',
      podIP: status.podIP,
      startedAtMs,
      nowMs: startedAtMs,
    });
    // Times of transition depend on the pod's history, and a pod that asks for nothing shows what its cgroup happens to hold.
    const comparable = ({ conditions, ...rest }: Record<string, unknown>) => ({
      ...rest,
      resources: rest.allocatedResources ? rest.resources : undefined,
      qosClass: undefined,
      conditions: (conditions as object[]).map((condition) => ({ ...condition, lastTransitionTime: undefined })),
    });
    expect(JSON.parse(JSON.stringify(comparable({ ...made })))).toEqual(
      JSON.parse(JSON.stringify(comparable({ ...status }))),
    );
  });

  it('keeps the time of a transition and the conditions of others', () => {
    const { pod, status } = recordedPod('c-wrong-liveness-port/t180_get_pods_json.txt');
    const other = { type: 'example.com/gate', status: 'True' };
    const before = { ...pod, status: { ...status, conditions: [...(status.conditions ?? []), other] } };
    const facts = {
      hostIP: '172.20.0.10',
      podIP: '10.42.0.5',
      startedAtMs: 0,
      nowMs: Date.parse('2030-01-01T00:00:00Z'),
    };
    const made = podStatus(before, [{ ...recordFrom(pod, status), ready: false }], facts);
    const times = Object.fromEntries((made.conditions ?? []).map((one) => [one.type, one.lastTransitionTime]));
    expect(times['Ready']).toBe('2030-01-01T00:00:00Z');
    expect(times['Initialized']).toBe('2026-11-21T01:51:34Z');
    expect(made.conditions).toContainEqual(other);
  });
});
