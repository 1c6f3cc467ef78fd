import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { toTimestamp } from '../../lib/clock.ts';
import { KubeError } from '../../lib/kube/kube-error.ts';
import { connectKube, type Kube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { explainSystemError, LabError } from '../errors.ts';
import { captureKubectl } from '../kubectl/run-kubectl.ts';
import { oddities, type Seen } from './diagnose-odd.ts';
import { redactObject, redactor } from './diagnose-redact.ts';
import type { Lab } from './lab.ts';
import { requireLab, type SessionRecord } from './session-record.ts';
import { timeline } from './timeline.ts';

export interface Diagnosis {
  dir: string;
  files: string[];
  bytes: number;
  odd: string[];
  /** What could not be had, and why. */
  missing: string[];
}

interface KubeObject {
  metadata: { name: string };
  [key: string]: unknown;
}

/** Name of the file, and where the objects are. */
const kinds = [
  ['deployments', 'apps/v1', 'Deployment'],
  ['replicasets', 'apps/v1', 'ReplicaSet'],
  ['pods', 'v1', 'Pod'],
  ['services', 'v1', 'Service'],
  ['endpointslices', 'discovery.k8s.io/v1', 'EndpointSlice'],
  ['configmaps', 'v1', 'ConfigMap'],
  ['secrets', 'v1', 'Secret'],
  ['persistentvolumeclaims', 'v1', 'PersistentVolumeClaim'],
  ['networkpolicies', 'networking.k8s.io/v1', 'NetworkPolicy'],
  ['resourcequotas', 'v1', 'ResourceQuota'],
  ['limitranges', 'v1', 'LimitRange'],
  ['horizontalpodautoscalers', 'autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['poddisruptionbudgets', 'policy/v1', 'PodDisruptionBudget'],
  ['events', 'v1', 'Event'],
] as const;
type FileName = (typeof kinds)[number][0];

const fileMaxChars = 512 * 1024;
const bundleMaxChars = 16 * 1024 * 1024;
const logLines = 2_000;

/**
 * Collects what an engineer would ask for first, into a new folder: nothing is changed, and no secret leaves.
 * @throws LabError NO_LAB, …, or OUT_NOT_EMPTY
 */
export async function diagnose(lab: Lab, out?: string): Promise<Diagnosis> {
  const { session, engine } = await requireLab(lab.folder, lab.engine);
  const stamp = toTimestamp(lab.clock.now()).replaceAll(/[-:]/g, '');
  const dir = out ?? join(lab.folder.workingDir, `diagnosis-${stamp}`);
  if ((await readdir(dir).catch(() => [])).length > 0) throw new LabError('OUT_NOT_EMPTY', { dir });
  await using kube = await connectKube({ kubeconfigPath: engine.kubeconfigPath });
  const missing: string[] = [];
  const objects = await readAll(kube, session.namespace, missing);
  const texts = new Map<string, string>();
  for (const [name, list] of objects) {
    if (name !== 'events')
      texts.set(`resources/${name}.yaml`, list.map((one) => stringify(redactObject(one))).join('---\n'));
  }
  const [commands, logs, moments] = await Promise.all([
    kubectlTexts(lab, session, engine.kubeconfigPath, missing),
    readLogs(kube, session.namespace, objects.get('pods') ?? []),
    timeline(lab),
  ]);
  for (const [name, text] of [...commands, ...logs]) texts.set(name, text);
  texts.set('timeline.txt', moments.map(({ at, kind, text }) => `${at}  ${kind}  ${text}`).join('\n'));
  const odd = oddities(seenIn(objects, Date.parse(session.handedOverAt)));
  texts.set('summary.txt', summary(session, odd, missing));
  const redact = redactor((objects.get('secrets') ?? []) as { data?: Record<string, string> }[]);
  const bytes = await write(dir, texts, redact, missing);
  return { dir, files: [...texts.keys()].toSorted(), bytes, odd: odd.map(redact), missing };
}

async function readAll(kube: Kube, namespace: string, missing: string[]): Promise<Map<FileName, KubeObject[]>> {
  const read = kinds.map(async ([name, apiVersion, kind]): Promise<[FileName, KubeObject[]]> => {
    try {
      const items = await kube.list<KubeObject>(collectionPath(apiVersion, kind, namespace));
      return [name, items.map((item) => ({ apiVersion, kind, ...item }))];
    } catch (error) {
      // A cluster may lack a kind, and a person the right to see it.
      if (!(error instanceof KubeError)) throw error;
      missing.push(`${name}: ${error.message}`);
      return [name, []];
    }
  });
  return new Map(await Promise.all(read));
}

/** What kubectl tells better than objects do. */
async function kubectlTexts(
  lab: Lab,
  { namespace }: SessionRecord,
  kubeconfig: string,
  missing: string[],
): Promise<[string, string][]> {
  const looks: [string, string[]][] = [
    ['status.txt', ['get', 'all,endpointslices,networkpolicies,resourcequotas,pvc', '-o', 'wide']],
    ['events.txt', ['get', 'events', '--sort-by=.lastTimestamp']],
    ['top.txt', ['top', 'pods', '--containers']],
    ...['pods', 'deployments', 'services', 'hpa', 'networkpolicies', 'resourcequotas'].map(
      (what): [string, string[]] => [`describe/${what}.txt`, ['describe', what]],
    ),
  ];
  const context = { cwd: lab.folder.workingDir, signal: lab.signal };
  return Promise.all(
    looks.map(async ([name, args]): Promise<[string, string]> => {
      const { code, output } = await captureKubectl(lab.folder, kubeconfig, [...args, '-n', namespace], context);
      if (code !== 0) missing.push(`${name}: ${output.trim().split('\n').at(-1) ?? `kubectl ended with ${code}`}`);
      return [name, output];
    }),
  );
}

/** Each container's log, and the one of the container before it. */
async function readLogs(kube: Kube, namespace: string, pods: readonly KubeObject[]): Promise<[string, string][]> {
  const wanted = pods.flatMap(({ metadata, spec, status }) => {
    const { containers } = spec as { containers: { name: string }[] };
    const { containerStatuses = [] } = (status ?? {}) as {
      containerStatuses?: { name: string; restartCount: number }[];
    };
    return containers.flatMap(({ name: container }) => {
      const restarts = containerStatuses.find(({ name }) => name === container)?.restartCount ?? 0;
      const own = { pod: metadata.name, container, previous: false };
      return restarts > 0 ? [own, { ...own, previous: true }] : [own];
    });
  });
  return Promise.all(
    wanted.map(async ({ pod, container, previous }): Promise<[string, string]> => {
      const text = await kube
        .logs(namespace, pod, { container, previous, tailLines: logLines, timestamps: true })
        .catch((error: Error) => `(no log: ${error.message})\n`);
      return [`logs/${pod}.${container}${previous ? '.previous' : ''}.log`, text];
    }),
  );
}

type Warning = Seen['warnings'][number] & { type?: string; lastTimestamp?: string | null; eventTime?: string | null };

/** Warnings from before the hand-over belong to the lab's own start. */
function seenIn(objects: ReadonlyMap<FileName, KubeObject[]>, sinceMs: number): Seen {
  const all = <T>(name: FileName): T => (objects.get(name) ?? []) as T;
  const isRecent = ({ lastTimestamp, eventTime }: Warning): boolean =>
    Date.parse(lastTimestamp ?? eventTime ?? '') >= sinceMs;
  return {
    pods: all('pods'),
    deployments: all('deployments'),
    services: all('services'),
    endpointSlices: all('endpointslices'),
    claims: all('persistentvolumeclaims'),
    quotas: all('resourcequotas'),
    scalers: all('horizontalpodautoscalers'),
    warnings: all<Warning[]>('events').filter((event) => event.type === 'Warning' && isRecent(event)),
  };
}

function summary(session: SessionRecord, odd: readonly string[], missing: readonly string[]): string {
  const list = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('') || '  nothing\n';
  return `${session.scenario} on ${session.engine}, namespace ${session.namespace}, shop at ${session.entrance}
handed over ${session.handedOverAt}, hints opened: ${session.hints.length}

What looks odd (symptoms; what is behind them is yours to find):
${list(odd)}
What could not be had:
${list(missing)}`;
}

/** Of a long text the end counts. */
async function write(
  dir: string,
  texts: ReadonlyMap<string, string>,
  redact: (text: string) => string,
  missing: string[],
): Promise<number> {
  let bytes = 0;
  try {
    for (const [name, text] of texts) {
      const shown = redact(
        text.length > fileMaxChars ? `(the beginning is left out)\n${text.slice(-fileMaxChars)}` : text,
      );
      if (bytes + shown.length > bundleMaxChars) {
        missing.push(`${name}: the bundle is full`);
        continue;
      }
      const path = join(dir, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, shown);
      bytes += Buffer.byteLength(shown);
    }
  } catch (error) {
    throw explainSystemError(error, dir);
  }
  return bytes;
}
