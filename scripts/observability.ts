/**
 * Prometheus, Grafana, Loki, Tempo and an OpenTelemetry Collector beside a lab that runs on a real cluster.
 * node scripts/observability.ts up|down [--kubeconfig FILE] [--namespace production] [--lab-namespace lab-system]
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { $ } from 'zx';
import { attempt, lastWords, Problem, run, runScript, say } from './parts/script.ts';
import { requireTools } from './parts/tools.ts';

const manifests = fileURLToPath(new URL('../k8s/observability', import.meta.url));
const label = 'app.kubernetes.io/part-of=brokenprod-observability';
const parts = [
  'deployment/prometheus',
  'deployment/loki',
  'deployment/tempo',
  'daemonset/otel-collector',
  'deployment/grafana',
];
const kinds = 'deployment,daemonset,service,configmap,serviceaccount,role,rolebinding';

await runScript(async (signal) => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kubeconfig: { type: 'string', default: '.brokenprod/kubeconfig' },
      namespace: { type: 'string', default: 'production' },
      'lab-namespace': { type: 'string', default: 'lab-system' },
    },
  });
  const [verb] = positionals;
  if (verb !== 'up' && verb !== 'down') throw new Problem('Say what: up or down');
  await requireTools(['kubectl']);
  const lab = values['lab-namespace'];
  const kubectl = ['kubectl', '--kubeconfig', values.kubeconfig, '--namespace', lab];
  const forward = (url: string) => [...kubectl, 'set', 'env', 'deployment/telemetry', url];
  if (verb === 'down') {
    for (const namespace of [values.namespace, lab]) {
      const command = [...kubectl.with(-1, namespace), 'delete', kinds, '--selector', label, '--ignore-not-found'];
      await run(command, 'Not everything could be removed', signal);
    }
    await attempt(forward('FORWARD_URL-'), signal);
    say('Removed.');
    return;
  }
  await apply(values.kubeconfig, await manifestsFor(values.namespace, lab));
  await run(forward('FORWARD_URL=http://otel-collector:4318'), 'The traces could not be passed on', signal);
  for (const part of parts) {
    say(`Waiting for ${part} (the first time its image is fetched)`);
    const command = [...kubectl, 'rollout', 'status', part, '--timeout=300s'];
    await run(command, `${part} does not come up. See: kubectl describe ${part} -n ${lab}`, signal);
  }
  say(
    `Ready. Open http://localhost:3000 after: npx brokenprod kubectl port-forward -n ${lab} service/grafana 3000:3000`,
  );
});

/** All manifests as one text, in the seat's namespaces. */
async function manifestsFor(namespace: string, lab: string): Promise<string> {
  const names = (await readdir(manifests)).filter((name) => name.endsWith('.yaml'));
  const texts = await Promise.all(names.map((name) => readFile(join(manifests, name), 'utf8')));
  return texts
    .join('\n---\n')
    .replaceAll(/\bproduction(?![\w-])/g, namespace)
    .replaceAll(/\blab-system(?![\w-])/g, lab);
}

async function apply(kubeconfig: string, text: string): Promise<void> {
  const { ok, stderr } = await $({ nothrow: true, input: text })`kubectl --kubeconfig ${kubeconfig} apply --filename -`;
  if (!ok) throw new Problem(`The cluster does not take it: ${lastWords(stderr)}`);
}
