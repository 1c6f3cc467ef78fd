import { KubeUnreachable } from '../../lib/kube/kube-error.ts';
import { connectKube } from '../../lib/kube/kube.ts';
import { collectionPath } from '../../lib/kube/paths.ts';
import { lockHolder } from '../lock.ts';
import type { Lab } from './lab.ts';
import { readLabState } from './session-record.ts';

/** What `status` tells. */
export type Status =
  | { state: 'none' | 'half-started' | 'lost' }
  | { state: 'busy'; command: string; pid: number }
  | {
      state: 'running' | 'unresponsive';
      scenario: string;
      engine: string;
      version: string;
      namespace: string;
      entrance: string;
      kubeconfig: string;
      startedAt: string;
      hintsUsed: number;
      pods: readonly PodLine[];
    };

export interface PodLine {
  name: string;
  ready: string;
  status: string;
  restarts: string;
}

export async function labStatus({ folder, engine: engines }: Lab): Promise<Status> {
  const state = await readLabState(folder, engines);
  if (state.kind !== 'running') {
    const holder = await lockHolder(folder.lockFile);
    return holder ? { state: 'busy', command: holder.command, pid: holder.pid } : { state: state.kind };
  }
  const { session, engine } = state;
  const pods = await podLines(engine.kubeconfigPath, session.namespace);
  return {
    state: pods ? 'running' : 'unresponsive',
    scenario: session.scenario,
    engine: engine.name,
    version: engine.version,
    namespace: session.namespace,
    entrance: session.entrance,
    kubeconfig: engine.kubeconfigPath,
    startedAt: session.startedAt,
    hintsUsed: session.hints.length,
    pods: pods ?? [],
  };
}

/** The pods in the words that the API server prints for kubectl; undefined when it does not answer. */
async function podLines(kubeconfigPath: string, namespace: string): Promise<PodLine[] | undefined> {
  try {
    await using kube = await connectKube({ kubeconfigPath });
    const response = await kube.request('GET', collectionPath('v1', 'Pod', namespace), {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
      timeoutMs: 3_000,
    });
    const { rows } = response.json<{ rows?: { cells: unknown[] }[] }>();
    return (rows ?? []).map(({ cells }) => {
      const [name, ready, status, restarts] = cells.map(String);
      return { name: name ?? '', ready: ready ?? '', status: status ?? '', restarts: restarts ?? '' };
    });
  } catch (error) {
    if (error instanceof KubeUnreachable) return undefined;
    throw error;
  }
}
