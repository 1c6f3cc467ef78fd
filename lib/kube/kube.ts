import { Agent, request as send } from 'undici';
import { KubeError, KubeUnreachable } from './kube-error.ts';
import { readAccess, type Access } from './kubeconfig.ts';

export interface RequestOptions {
  /** Sent as JSON unless it is a string or bytes. */
  body?: unknown;
  contentType?: string;
  query?: Record<string, string | number | boolean | undefined>;
  headers?: Record<string, string>;
  /** For the whole exchange, body included. Default 30 s. */
  timeoutMs?: number;
  /** What is longer is cut. Default 32 MiB: a lab's lists and logs stay far below. */
  maxBytes?: number;
  signal?: AbortSignal;
}

export interface KubeResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json<T = unknown>(): T;
}

export interface LogQuery {
  container?: string;
  previous?: boolean;
  sinceTime?: string;
  tailLines?: number;
  timestamps?: boolean;
}

const usualMaxBytes = 32 * 1024 * 1024;

/** A cluster, as a kubeconfig shows it: the API's paths and JSON, nothing hidden. */
export class Kube implements AsyncDisposable {
  readonly access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.access = access;
    this.#agent = new Agent({ connect: { ...access.tls, timeout: 10_000 }, connections: 32 });
  }

  /** Sends one request and returns whatever status the server answers.
   *  @throws KubeUnreachable when there is no answer at all */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<KubeResponse> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const { body, headers } = encode(options);
    try {
      const response = await send(this.#url(path, options.query), {
        method: method as 'GET',
        dispatcher: this.#agent,
        headers: { accept: 'application/json', ...this.access.headers, ...headers, ...options.headers },
        body,
        signal,
      });
      const text = await bounded(response.body, options.maxBytes ?? usualMaxBytes);
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        json: <T>() => JSON.parse(text) as T,
      };
    } catch (error) {
      options.signal?.throwIfAborted();
      throw new KubeUnreachable(this.access.server, error);
    }
  }

  /** As `request`, but an answer other than 2xx is thrown.
   *  @throws KubeError */
  async #expect<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
    const response = await this.request(method, path, options);
    if (response.status >= 300) throw refusal(response);
    return response.json<T>();
  }

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#expect<T>('GET', path, options);
  }

  /** The items of a collection. */
  async list<T>(path: string, query?: RequestOptions['query'], options?: RequestOptions): Promise<T[]> {
    const { items } = await this.#expect<{ items: T[] }>('GET', path, { ...options, query });
    return items;
  }

  create<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#expect<T>('POST', path, { ...options, body });
  }

  replace<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#expect<T>('PUT', path, { ...options, body });
  }

  /** @param contentType default: a JSON merge patch */
  patch<T>(path: string, body: unknown, contentType = 'application/merge-patch+json'): Promise<T> {
    return this.#expect<T>('PATCH', path, { body, contentType });
  }

  /** Deletes; an object that is gone already is fine. */
  async delete(path: string, body: { propagationPolicy?: string; gracePeriodSeconds?: number } = {}): Promise<void> {
    const response = await this.request('DELETE', path, { body });
    if (response.status >= 300 && response.status !== 404) throw refusal(response);
  }

  /** A container's log, as text.
   *  @throws KubeError when the container has none yet */
  async logs(namespace: string, pod: string, query: LogQuery = {}): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    const response = await this.request('GET', path, { query: { ...query }, headers: { accept: '*/*' } });
    if (response.status >= 300) throw refusal(response);
    return response.text;
  }

  #url(path: string, query: RequestOptions['query'] = {}): string {
    const url = new URL(this.access.server.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}

/**
 * Opens a cluster. Nothing is sent yet.
 * @throws Error when the kubeconfig cannot be read or lacks the context
 */
export async function connectKube(options: { kubeconfigPath: string; context?: string }): Promise<Kube> {
  return new Kube(await readAccess(options.kubeconfigPath, options.context));
}

function encode(options: RequestOptions): { body: string | Uint8Array | null; headers: Record<string, string> } {
  const { body, contentType = 'application/json' } = options;
  if (body === undefined) return { body: null, headers: {} };
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return { body: raw, headers: { 'content-type': contentType } };
}

async function bounded(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refusal(response: KubeResponse): KubeError {
  try {
    const status = response.json<{ reason?: string; message?: string }>();
    return new KubeError(response.status, status.reason ?? '', status.message ?? response.text.slice(0, 200));
  } catch {
    return new KubeError(response.status, '', response.text.slice(0, 200));
  }
}
