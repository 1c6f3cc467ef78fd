/** Node taints: a node that is cordoned says so by a taint as well, which `kubectl describe node` shows. */
import { toTimestamp } from '../../lib/clock.ts';
import { keyOf, type Controller } from '../client/controller.ts';
import { nodes } from '../client/resources.ts';
import type { Node } from '../objects/types.ts';
import type { ControllerContext } from './context.ts';

type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];

const cordon = { effect: 'NoSchedule', key: 'node.kubernetes.io/unschedulable' };

export function createNodeTaintsController({ client, informers, clock }: ControllerContext): Controller {
  const nodeInformer = informers.for(nodes);

  async function reconcile(key: string): Promise<void> {
    const node = nodeInformer.get(key);
    const taints = node && taintsOf(node, clock.now());
    if (!node || !taints) return;
    const { name = '', resourceVersion } = node.metadata;
    // The version makes it a Conflict when someone else has tainted the node meanwhile.
    await client.patch(nodes, name, {
      metadata: { resourceVersion },
      spec: { taints: taints.length > 0 ? taints : null },
    });
  }

  return {
    name: 'node-taints',
    watches: [{ informer: nodeInformer, keysOf: (node: Node) => [keyOf(node)] }],
    reconcile,
  };
}

/** The taints that the node should have; undefined when it has them. Pure. */
function taintsOf({ spec }: Node, nowMs: number): Taint[] | undefined {
  const taints = spec?.taints ?? [];
  const others = taints.filter(({ key, effect }) => key !== cordon.key || effect !== cordon.effect);
  const isTainted = others.length < taints.length;
  if (isTainted === (spec?.unschedulable ?? false)) return undefined;
  return isTainted ? others : [...others, { ...cordon, timeAdded: toTimestamp(nowMs) }];
}
