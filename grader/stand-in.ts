import type { CheckContext } from './check.ts';
import { relyOnLab } from './lab-workloads.ts';
import { answerOf, askService } from './proxy.ts';

const standIn = { service: 'stand-in', port: 8090 };

export interface ScriptedAnswer {
  status: number;
  times?: number;
  delayMs?: number;
  body?: unknown;
}

export interface Played<T> {
  result: T;
  /** When each request came in, milliseconds since the epoch on the stand-in's clock. */
  atMs: number[];
  /** The path of each request. */
  paths: string[];
}

/**
 * Lets the stand-in answer as scripted while something is tried, and tells which requests came.
 * @throws Error when the stand-in itself does not answer, which is the lab's fault and nobody else's, or was changed
 */
export async function play<T>(
  context: CheckContext,
  name: string,
  answers: readonly ScriptedAnswer[],
  attempt: () => Promise<T>,
): Promise<Played<T>> {
  relyOnLab(context);
  const path = `/scripts/${context.runId}-${name}`;
  await tell(context, 'PUT', path, { answers });
  const result = await attempt();
  const recorded = await tell(context, 'GET', path);
  const { requests = [] } = recorded.json<{ requests?: { atMs: number; path: string }[] }>();
  return { result, atMs: requests.map(({ atMs }) => atMs), paths: requests.map(({ path }) => path) };
}

async function tell(
  { kube, labNamespace: namespace, signal }: CheckContext,
  method: string,
  path: string,
  body?: unknown,
): ReturnType<typeof askService> {
  const answer = await askService(kube, {
    ...standIn,
    namespace,
    method,
    path,
    signal,
    ...(body !== undefined && { body }),
  });
  if (answer.status === null || answer.status >= 300) throw new Error(`the lab's stand-in answers ${answerOf(answer)}`);
  return answer;
}

/** Scripts are few, small and pushed out by newer ones; removing them is a courtesy. */
export async function forgetScripts(context: CheckContext, names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map((name) => tell(context, 'DELETE', `/scripts/${context.runId}-${name}`).catch(() => undefined)),
  );
}
