/** Where a pod goes, who has to make room for it, or why it cannot go anywhere. */
import type { Node, PersistentVolumeClaim, Pod } from '../../objects/types.ts';
import { nameOf, type ClusterView } from './cluster-view.ts';
import { feasibility, type Candidate } from './feasibility.ts';
import type { Rejection } from './filters.ts';
import { findVictims } from './preemption.ts';
import { scoresOf } from './scores.ts';
import { unavailableText } from './unavailable.ts';
import { claimsOf } from './volumes.ts';

export type Placement =
  | { type: 'bind'; nodeName: string }
  /** The pod fits, but its volumes must be made on that node first. */
  | { type: 'provision'; nodeName: string; claims: PersistentVolumeClaim[] }
  /** The pod will fit when these have gone. */
  | { type: 'preempt'; nodeName: string; victims: readonly Pod[]; message: string }
  /** Others are on their way out already. */
  | { type: 'wait' }
  | { type: 'unschedulable'; message: string };

const notHelpful: Rejection = { reasons: [], curable: false };

export function place(pod: Pod, view: ClusterView): Placement {
  if (view.nodes.length === 0) return { type: 'unschedulable', message: 'no nodes available to schedule pods' };
  const claims = claimsOf(pod, view);
  if (typeof claims === 'string') {
    // No node is asked then, nor is room made anywhere. The tail is the real scheduler's: what would look for claims to
    // devices to give back doesn't find its notes of the round that ended before its turn.
    return { type: 'unschedulable', message: `0/${view.nodes.length} nodes are available: ${claims}. not found` };
  }
  const volumes = claims.flatMap(({ spec }) => (spec?.volumeName && view.volume(spec.volumeName)) || []);
  const candidate = { pod, claims, volumes };
  const verdicts = view.nodes.map((node) => ({ node, rejection: feasibility(candidate, node, view) }));
  const fitting = verdicts.filter(({ rejection }) => !rejection).map(({ node }) => node);
  const best = bestOf(pod, fitting, view);
  if (!best) {
    const rejections = verdicts.map(({ rejection }) => rejection ?? notHelpful);
    const message = unavailableText(
      view.nodes.length,
      rejections.flatMap(({ reasons }) => reasons),
    );
    return withoutNode(candidate, rejections, view, message);
  }
  const unbound = claims.filter((claim) => !claim.spec?.volumeName);
  return unbound.length > 0
    ? { type: 'provision', nodeName: nameOf(best), claims: unbound }
    : { type: 'bind', nodeName: nameOf(best) };
}

/** The node where room was made for the pod, if it will do; else the one with the best score, by name among equals. */
function bestOf(pod: Pod, fitting: readonly Node[], view: ClusterView): Node | undefined {
  const nominated = fitting.find((node) => nameOf(node) === pod.status?.nominatedNodeName);
  if (nominated || fitting.length < 2) return nominated ?? fitting[0];
  const scores = scoresOf(pod, fitting, view);
  const scored = fitting.map((node, index) => ({ node, score: scores[index] ?? 0 }));
  const [best] = scored.toSorted((a, b) => b.score - a.score || nameOf(a.node).localeCompare(nameOf(b.node)));
  return best?.node;
}

/** @param message why no node will have the pod */
function withoutNode(
  candidate: Candidate,
  rejections: readonly Rejection[],
  view: ClusterView,
  message: string,
): Placement {
  const { pod } = candidate;
  const nominated = view.nodes.findIndex((node) => nameOf(node) === pod.status?.nominatedNodeName);
  if (rejections[nominated]?.curable !== false && view.victimsOf(pod).length > 0) return { type: 'wait' };
  const preemption = findVictims(candidate, rejections, view);
  if (preemption.type === 'victims') return { ...preemption, type: 'preempt', message };
  return {
    type: 'unschedulable',
    message: `${message} no new claims to deallocate, preemption: ${preemption.message}`,
  };
}
