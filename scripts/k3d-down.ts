/**
 * Deletes the k3d cluster that a lab made, with the images that were built for it, and nothing else.
 * node scripts/k3d-down.ts [--owner FOLDER] [--name brokenprod]
 * Prints {"cluster", "deleted"}.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { imageLabel } from './parts/deliver.ts';
import { findCluster } from './parts/k3d-cluster.ts';
import { attempt, Problem, run, runScript, say } from './parts/script.ts';
import { requireTools } from './parts/tools.ts';

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      owner: { type: 'string', default: process.cwd() },
      name: { type: 'string', default: 'brokenprod' },
    },
  });
  const { name } = values;
  await requireTools(['docker', 'k3d']);
  const found = await findCluster(name);
  const isOurs = found?.owner === resolve(values.owner);
  if (isOurs) {
    say(`Deleting the cluster ${name}`);
    await run(['k3d', 'cluster', 'delete', name], `The cluster ${name} could not be deleted`);
    if (await findCluster(name)) {
      throw new Problem(`Something is left of the cluster ${name}. Remove it: k3d cluster delete ${name}`);
    }
    await removeImages(`k3d:${name}`);
  } else if (found) {
    say(`The cluster ${name} belongs to ${found.owner ?? 'somebody else'} and stays`);
  }
  process.stdout.write(`${JSON.stringify({ cluster: name, deleted: isOurs })}\n`);
});

async function removeImages(target: string): Promise<void> {
  const list = ['docker', 'image', 'ls', '--quiet', '--filter', `label=${imageLabel}=${target}`];
  const ids = new Set((await attempt(list)).stdout.split('\n').filter(Boolean));
  if (ids.size > 0) await attempt(['docker', 'image', 'rm', '--force', ...ids]);
}
