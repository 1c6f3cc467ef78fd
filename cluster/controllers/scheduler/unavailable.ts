/** Says of nodes that will not have a pod how many object for which reason, as the scheduler does. */
export function unavailableText(nodeCount: number, reasons: readonly string[]): string {
  return `0/${nodeCount} nodes are available: ${counted(reasons)}.`;
}

function counted(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts]
    .map(([reason, same]) => `${same.length} ${reason}`)
    .toSorted()
    .join(', ');
}
