import { isDeepStrictEqual } from 'node:util';
import type { Baseline } from '../../grader/baseline.ts';
import { toTimestamp } from '../../lib/clock.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { LabError } from '../errors.ts';
import { captureKubectl } from '../kubectl/run-kubectl.ts';
import { takeLock } from '../lock.ts';
import { waitAvailable } from './deploy.ts';
import type { Lab } from './lab.ts';
import { readBaseline } from './kept-baseline.ts';
import { requireLab, writeSession } from './session-record.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';

interface Meta {
  name: string;
  uid: string;
  annotations?: Record<string, string>;
  ownerReferences?: { uid: string; controller?: boolean }[];
}
interface Workload {
  metadata: Meta;
  spec: { replicas?: number; paused?: boolean; template: { spec: unknown } };
  status?: { availableReplicas?: number };
}

/** What a roll-back does with one Deployment. */
export interface Return {
  deployment: string;
  from: number;
  to: number;
  isPaused: boolean;
}

export interface RolledBack {
  returns: Return[];
  /** Some Deployment has no healthy revision. Which one is not told: that would be half a diagnosis. */
  isPartial: boolean;
}

/**
 * The newest earlier revision of each Deployment that is known to have served: it is the one that ran before the
 * incident, or its pods serve at this moment beside newer ones.
 */
export function planReturns(
  deployments: readonly Workload[],
  replicaSets: readonly Workload[],
  baseline: Pick<Baseline, 'deployments'>,
): RolledBack {
  const ways = deployments.map((deployment): Return | 'none needed' | 'none' => {
    const { name, uid } = deployment.metadata;
    const before = baseline.deployments.find((one) => one.name === name)?.template;
    const isBefore = ({ spec }: Workload): boolean =>
      before !== undefined && isDeepStrictEqual(spec.template.spec, before);
    if (isBefore(deployment)) return 'none needed';
    const from = revisionOf(deployment);
    const earlier = replicaSets
      .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid))
      // A paused roll-out has made no ReplicaSet yet, so its newest one may be the one to go back to.
      .filter(({ spec }) => !isDeepStrictEqual(spec.template.spec, deployment.spec.template.spec))
      .toSorted((one, other) => revisionOf(other) - revisionOf(one));
    const healthy = earlier.find((replicaSet) => isBefore(replicaSet) || serves(replicaSet));
    if (!healthy) return 'none';
    return { deployment: name, from, to: revisionOf(healthy), isPaused: deployment.spec.paused ?? false };
  });
  return { returns: ways.filter((way) => typeof way === 'object'), isPartial: ways.includes('none') };
}

function revisionOf({ metadata }: Workload): number {
  return Number(metadata.annotations?.[revisionAnnotation] ?? 0);
}

function serves({ spec, status }: Workload): boolean {
  return (spec.replicas ?? 0) > 0 && (status?.availableReplicas ?? 0) >= (spec.replicas ?? 0);
}

/**
 * The emergency exit: brings every Deployment back to its last healthy revision, by plain kubectl, and notes it. That
 * mitigates; Services, configuration, quotas and data stay as they are.
 * @param tell called with each command and its output
 * @throws LabError
 */
export async function rollBack(lab: Lab, tell: (step: { text: string; output: string }) => void): Promise<RolledBack> {
  const { folder, clock, signal } = lab;
  const { session, engine } = await requireLab(folder, lab.engine);
  await using _ = await takeLock(folder.lockFile, 'rollback');
  const baseline = await readBaseline(folder);
  await using kube = await connectKube({ kubeconfigPath: engine.kubeconfigPath });
  const planned = await plan(kube, session.namespace, baseline);
  const { returns, isPartial } = planned;
  for (const { deployment, to, isPaused } of returns) {
    const target = [`deployment/${deployment}`, '-n', session.namespace];
    const steps = [
      ...(isPaused ? [['rollout', 'resume', ...target]] : []),
      ['rollout', 'undo', ...target, `--to-revision=${to}`],
    ];
    for (const args of steps) {
      const text = `kubectl ${args.join(' ')}`;
      const { code, output } = await captureKubectl(folder, engine.kubeconfigPath, args, {
        cwd: folder.workingDir,
        signal,
      });
      if (code !== 0) throw new LabError('ROLLBACK_FAILED', { step: text, why: output.trim() });
      tell({ text, output });
    }
  }
  if (returns.length === 0) return planned;
  const note = { at: toTimestamp(clock.now()), deployments: returns.map(({ deployment }) => deployment) };
  await writeSession(folder, { ...session, rollbacks: [...session.rollbacks, note] });
  if (!isPartial) await waitAvailable(kube, [session.namespace], { clock, signal }, engine.patience);
  return planned;
}

async function plan(kube: Kube, namespace: string, baseline: Baseline): Promise<RolledBack> {
  const [deployments, replicaSets] = await Promise.all([
    kube.list<Workload>(collectionPath('apps/v1', 'Deployment', namespace)),
    kube.list<Workload>(collectionPath('apps/v1', 'ReplicaSet', namespace)),
  ]);
  return planReturns(deployments, replicaSets, baseline);
}
