/** The nodes of a cluster: names and addresses that depend on nothing but their order. */
import type { NodeOptions } from './node-object.ts';

/** What may be said about a node. */
export interface NodeShape {
  name: string;
  labels?: Readonly<Record<string, string>>;
  /** What pods may ask for in total; default: the machine's own figures, for each node anew. */
  capacity?: Partial<Record<'cpu' | 'memory' | 'pods', string>>;
}

export const oneNode: readonly NodeShape[] = [{ name: 'node-1' }];

const mostNodes = 200;

/** @throws Error for none, too many, or two of the same name */
export function nodesOf(
  shapes: readonly NodeShape[],
  versions: Pick<NodeOptions, 'kubeletVersion' | 'containerRuntimeVersion'>,
): [NodeOptions, ...NodeOptions[]] {
  const names = new Set(shapes.map(({ name }) => name));
  if (names.size !== shapes.length || shapes.length > mostNodes) {
    throw new Error(`a cluster has up to ${mostNodes} nodes, each with a name of its own`);
  }
  const [first, ...rest] = shapes.map((shape, i) => ({
    ...shape,
    ...versions,
    sharesMachine: shapes.length > 1,
    ip: `172.20.0.${10 + i}`,
    podCIDR: `10.42.${i}.0/24`,
  }));
  if (!first) throw new Error('a cluster has at least one node');
  return [first, ...rest];
}
