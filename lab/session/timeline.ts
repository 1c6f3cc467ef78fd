import { connectKube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { toTimestamp } from '../../lib/clock.ts';
import type { Verdict } from '../../grader/verdict.ts';
import type { Lab } from './lab.ts';
import { readFindings } from './findings.ts';
import { readHistory } from './history.ts';
import { requireLab } from './session-record.ts';
import { describeEntry, isChange, readLabTrail } from './trail.ts';

export interface Moment {
  at: string;
  kind: 'start' | 'look' | 'change' | 'hint' | 'finding' | 'rollback' | 'cluster' | 'verdict';
  text: string;
}

/** What happened in this lab, in order. @throws LabError when there is none */
export async function timeline(lab: Lab): Promise<Moment[]> {
  const { session, engine } = await requireLab(lab.folder, lab.engine);
  const sinceMs = Date.parse(session.handedOverAt);
  const [{ trail }, findings, history, cluster] = await Promise.all([
    readLabTrail(lab.folder, { session, engine }),
    readFindings(lab.folder),
    readHistory(lab.folder.verdicts, sinceMs),
    clusterMoments(engine.kubeconfigPath, session.namespace, sinceMs),
  ]);
  const moments: Moment[] = [
    { at: session.handedOverAt, kind: 'start', text: `${session.scenario} was handed over` },
    ...trail.map((entry) => ({
      at: toTimestamp(entry.atMs),
      kind: isChange(entry) ? ('change' as const) : ('look' as const),
      text: describeEntry(entry),
    })),
    ...session.hints.map(({ at, index }) => ({ at, kind: 'hint' as const, text: `hint ${index + 1} was opened` })),
    ...session.rollbacks.map(({ at, deployments }) => ({
      at,
      kind: 'rollback' as const,
      text: `rolled back, which mitigates and repairs no cause: ${deployments.join(', ')}`,
    })),
    ...findings.map(({ at, component, kind }) => ({ at, kind: 'finding' as const, text: `${component}: ${kind}` })),
    ...cluster,
    ...verdictMoments(history),
  ];
  return moments.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/** What each grading saw change since the one before. */
export function verdictMoments(history: readonly Verdict[]): Moment[] {
  const before = new Map<number, string>();
  return history.flatMap(({ finishedAt: at, issues, score, maxScore, perturbations }) => {
    const turned = issues.filter(({ number, verdict }) => before.get(number) !== verdict);
    const news = turned.filter(({ number, verdict }) => verdict === 'pass' || before.has(number));
    for (const { number, verdict } of issues) before.set(number, verdict);
    const words = { pass: 'is repaired', fail: 'is broken again', undetermined: 'could not be judged any more' };
    const disturbed = perturbations.filter(({ inShop }) => inShop).map(({ what }) => what);
    return [
      ...disturbed.map((what) => ({ at, kind: 'verdict' as const, text: `for the grading ${what}` })),
      { at, kind: 'verdict' as const, text: `graded: ${score} of ${maxScore}` },
      ...news.map(({ number, title, verdict }) => ({
        at,
        kind: 'verdict' as const,
        text: `issue ${number} ${words[verdict]}: ${title}`,
      })),
    ];
  });
}

interface ClusterEvent {
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  involvedObject: { kind?: string; name?: string };
}
interface EndedPod {
  metadata: { name: string };
  status?: {
    containerStatuses?: { name: string; lastState?: { terminated?: { reason?: string; finishedAt?: string } } }[];
  };
}

const telling = new Set(['ScalingReplicaSet', 'BackOff', 'Unhealthy', 'Killing', 'Failed', 'OOMKilling']);
const maxEvents = 500;

/** Roll-outs, restarts and kills, as far as the cluster still remembers them. */
async function clusterMoments(kubeconfigPath: string, namespace: string, sinceMs: number): Promise<Moment[]> {
  await using kube = await connectKube({ kubeconfigPath });
  const [events, pods] = await Promise.all([
    kube.list<ClusterEvent>(collectionPath('v1', 'Event', namespace)),
    kube.list<EndedPod>(collectionPath('v1', 'Pod', namespace)),
  ]);
  const told = events.flatMap(({ reason = '', message = '', lastTimestamp, eventTime, involvedObject }) => {
    const at = lastTimestamp ?? eventTime;
    // The grader's own copies come and go with each grading.
    if (!at || !telling.has(reason) || involvedObject.name?.includes('-copy-')) return [];
    return [{ at, kind: 'cluster' as const, text: `${involvedObject.name ?? ''} ${reason}: ${message.slice(0, 200)}` }];
  });
  const killed = pods.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? []).flatMap(({ lastState }) => {
      const { reason, finishedAt: at } = lastState?.terminated ?? {};
      return at && reason === 'OOMKilled' ? [{ at, kind: 'cluster' as const, text: `${metadata.name} OOMKilled` }] : [];
    }),
  );
  return [...told, ...killed].filter(({ at }) => Date.parse(at) >= sinceMs).slice(-maxEvents);
}
