import { KubeUnreachable } from '../lib/kube/kube-error.ts';
import type { Kube } from '../lib/kube/kube.ts';

/** What a component answered when it was asked itself, past all others. */
export interface ComponentAnswer {
  /** Null when the component could not be reached. */
  status: number | null;
  text: string;
  problem?: string;
  json<T = Record<string, unknown>>(): T;
}

export interface ComponentQuestion {
  method?: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  timeoutMs?: number;
  signal?: AbortSignal;
}

const defaultTimeoutMs = 4_000;
/** A list of orders or a page of metrics is smaller; many are asked side by side, so what pours must not add up. */
const maxBytes = 1024 * 1024;

/** Asks a pod through the API server. @throws KubeUnreachable when the API server itself is silent */
export function askPod(
  kube: Kube,
  target: { namespace: string; pod: string; port: number } & ComponentQuestion,
): Promise<ComponentAnswer> {
  return ask(kube, `/api/v1/namespaces/${target.namespace}/pods/${target.pod}:${target.port}/proxy`, target);
}

/** Asks whatever is behind a Service. @throws KubeUnreachable when the API server itself is silent */
export function askService(
  kube: Kube,
  target: { namespace: string; service: string; port: number } & ComponentQuestion,
): Promise<ComponentAnswer> {
  return ask(kube, `/api/v1/namespaces/${target.namespace}/services/${target.service}:${target.port}/proxy`, target);
}

async function ask(kube: Kube, prefix: string, question: ComponentQuestion): Promise<ComponentAnswer> {
  const { method = 'GET', path, body, headers, timeoutMs = defaultTimeoutMs, signal } = question;
  const [pathname, search] = path.split('?');
  const query = Object.fromEntries(new URLSearchParams(search));
  try {
    const response = await kube.request(method, `${prefix}${pathname}`, {
      timeoutMs,
      maxBytes,
      query,
      ...(body !== undefined && { body }),
      ...(headers && { headers }),
      ...(signal && { signal }),
    });
    const refusal = proxyRefusal(response.status, response.text);
    if (refusal !== undefined) return unreached(refusal);
    return { status: response.status, text: response.text, json: <T>() => parseAnswer<T>(response.text) };
  } catch (error) {
    if (isTimeout(error)) return unreached(`no answer within ${timeoutMs / 1000} s`);
    throw error;
  }
}

/** The API server's own words when it could not reach the component: a Status object, which no component sends. */
function proxyRefusal(status: number, text: string): string | undefined {
  if (status < 400 || !text.includes('"Status"')) return undefined;
  const { kind, message } = parseAnswer<{ kind?: string; message?: string }>(text);
  return kind === 'Status' ? (message ?? `the API server answered ${status}`) : undefined;
}

function unreached(problem: string): ComponentAnswer {
  return { status: null, text: '', problem, json: <T>() => ({}) as T };
}

function parseAnswer<T>(text: string): T {
  try {
    return (JSON.parse(text) ?? {}) as T;
  } catch {
    return {} as T;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof KubeUnreachable && (error.cause as Error | undefined)?.name === 'TimeoutError';
}

/** An answer in a few words. */
export function answerOf({ status, text, problem }: ComponentAnswer): string {
  return problem ?? `${status} ${text.replaceAll(/\s+/g, ' ').slice(0, 120)}`.trim();
}
