/** A cluster that belongs to nobody's lab, in a process of its own. Prints one line of JSON when it is ready. */
import { startCluster } from '../../cluster/cluster.ts';

const [, , dir = '', port = ''] = process.argv;
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());
{
  const loadBalancerPorts: Record<number, number[]> = port ? { 80: [Number(port)] } : {};
  await using cluster = await startCluster({ dir, loadBalancerPorts, signal: ending.signal });
  process.stdout.write(`${JSON.stringify({ kubeconfig: cluster.kubeconfigPath, url: cluster.url })}\n`);
  await new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
}
process.exit(0);
