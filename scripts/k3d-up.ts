/**
 * Makes the k3d cluster of a lab, or finds the one that is there already.
 * node scripts/k3d-up.ts --kubeconfig FILE [--owner FOLDER] [--name brokenprod] [--port N…]
 *   [--audit FOLDER]  where the API server is to write its audit log
 * Prints {"cluster", "entrance", "created"}.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { discardAudit, prepareAudit } from './parts/k3d-audit.ts';
import { clusterConfig, entrancePort, findCluster, freePort, type WantedCluster } from './parts/k3d-cluster.ts';
import { attempt, Problem, run, runScript, say } from './parts/script.ts';
import { requireTools } from './parts/tools.ts';

/** As on the embedded engine: the first one that is free. */
const usualPorts = ['8080', '8081', '8082', '18080'];

await runScript(async (signal) => {
  const { values } = parseArgs({
    options: {
      kubeconfig: { type: 'string', default: '.brokenprod/kubeconfig' },
      owner: { type: 'string', default: process.cwd() },
      name: { type: 'string', default: 'brokenprod' },
      port: { type: 'string', multiple: true, default: usualPorts },
      audit: { type: 'string' },
    },
  });
  const { name, kubeconfig } = values;
  const ports = values.port.map(Number);
  const owner = resolve(values.owner);
  await requireTools(['docker', 'k3d', 'kubectl']);
  const created = !(await isUsable(name, owner, kubeconfig, signal));
  if (created) {
    const port = await freePort(ports);
    if (!port) throw new Problem(`The ports ${ports.join(', ')} of this machine are all taken. Free one and try again`);
    const audit = values.audit && resolve(values.audit);
    await create({ name, owner, port, ...(audit && { audit }) }, signal);
    await writeKubeconfig(name, kubeconfig, signal);
  }
  const port = (await entrancePort(name)) ?? ports[0];
  process.stdout.write(`${JSON.stringify({ cluster: name, entrance: `http://localhost:${port}`, created })}\n`);
});

/** Whether the cluster is there, ours and answers; one that is ours and does not is removed. */
async function isUsable(name: string, owner: string, kubeconfig: string, signal: AbortSignal): Promise<boolean> {
  const found = await findCluster(name);
  if (!found) return false;
  if (found.owner !== owner) {
    const whose = found.owner
      ? `It belongs to the lab in ${found.owner}: stop it there (npx brokenprod stop)`
      : `No lab made it. If you can spare it: k3d cluster delete ${name}`;
    throw new Problem(`There is a k3d cluster named "${name}" already. ${whose}`);
  }
  say(`Found the cluster ${name} of an earlier start`);
  if (!found.runs) await attempt(['k3d', 'cluster', 'start', name, '--wait', '--timeout', '60s'], signal);
  const answers = await writeKubeconfig(name, kubeconfig, signal)
    .then(() => attempt(['kubectl', '--kubeconfig', kubeconfig, 'get', '--raw', '/readyz'], signal))
    .catch(() => ({ ok: false }));
  signal.throwIfAborted();
  if (answers.ok) return true;
  say('It is not whole: removing it');
  await run(['k3d', 'cluster', 'delete', name], `The cluster ${name} could not be removed`);
  return false;
}

/** Not every Docker lets a container have a folder of this machine: then the cluster is made without an audit log. */
async function create({ audit, ...wanted }: WantedCluster, signal: AbortSignal): Promise<void> {
  if (!audit) return createOnce(wanted, signal);
  try {
    await prepareAudit(audit);
    await createOnce({ ...wanted, audit }, signal);
  } catch (error) {
    await discardAudit(audit);
    if (signal.aborted || /port is already allocated/.test((error as Error).message)) throw error;
    say(`${(error as Error).message}. Once more, without an audit log`);
    await createOnce(wanted, signal);
  }
}

/** Makes the cluster whole or not at all. */
async function createOnce(wanted: WantedCluster, signal: AbortSignal): Promise<void> {
  const { name } = wanted;
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-k3d-'));
  try {
    await writeFile(join(dir, 'k3d.yaml'), await clusterConfig(wanted));
    say(`Creating the cluster ${name} (half a minute; the first time it also fetches k3s)`);
    await run(['k3d', 'cluster', 'create', '--config', join(dir, 'k3d.yaml')], 'k3d made no cluster', signal);
  } catch (error) {
    // A Ctrl-C, or a failure that k3d did not roll back itself.
    await attempt(['k3d', 'cluster', 'delete', name]);
    if (await findCluster(name)) say(`Something is left of it. Remove it: k3d cluster delete ${name}`);
    throw error;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function writeKubeconfig(name: string, path: string, signal: AbortSignal): Promise<void> {
  const text = await run(['k3d', 'kubeconfig', 'get', name], 'k3d gave no kubeconfig', signal);
  await writeFile(path, text, { mode: 0o600 });
  await chmod(path, 0o600);
}
