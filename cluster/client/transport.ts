import type { KubeObject } from '../objects/types.ts';
import type { RequestHandler } from '../apiserver/request-handler.ts';
import type { WatchEvent } from './client.ts';
import { createTurns, type Turns } from './turns.ts';

export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | undefined>;
  contentType?: string;
  body?: object;
}

/** How a client's calls reach an API server. */
export interface Transport {
  /** Resolves with whatever the server answers, errors included. */
  request(request: TransportRequest): Promise<{ code: number; body: object }>;
  /** Yields until `signal` aborts, the server ends the stream or the reader falls too far behind. */
  watch(
    path: string,
    query: Record<string, string | undefined>,
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent<KubeObject>>;
}

/** More unread events than this end a watch; its reader lists again. */
const maxUnreadEvents = 10_000;

/**
 * Calls the API server's handler without a socket, as `user` (`system:kube-controller-manager`, …).
 * Objects in answers and events are the server's own: shared and frozen.
 * @param options `turns`: shared by all who are to take turns
 */
export function createInProcessTransport(handler: RequestHandler, options: { user: string; turns?: Turns }): Transport {
  const { turns = createTurns() } = options;
  const send = (request: TransportRequest, signal: AbortSignal) =>
    handler({
      method: request.method,
      path: request.path,
      query: toQuery(request.query ?? {}),
      headers: { 'content-type': request.contentType ?? 'application/json', 'user-agent': options.user },
      body: request.body ?? new Uint8Array(),
      user: options.user,
      signal,
    });

  return {
    async request(request) {
      await turns.next();
      const response = await send(request, new AbortController().signal);
      if (response.type !== 'object') throw new Error(`${request.path} does not answer with an object`);
      return { code: response.code, body: response.object };
    },

    async *watch(path, query, signal) {
      const response = await send({ method: 'GET', path, query: { ...query, watch: 'true' } }, signal);
      if (response.type === 'object') {
        yield { type: 'ERROR', object: response.object as KubeObject };
        return;
      }
      if (response.type !== 'watch') throw new Error(`${path} does not answer with a watch`);
      yield* readWatch(response.start, signal);
    },
  };
}

type StartWatch = Extract<Awaited<ReturnType<RequestHandler>>, { type: 'watch' }>['start'];

async function* readWatch(start: StartWatch, signal: AbortSignal): AsyncGenerator<WatchEvent<KubeObject>> {
  let unread: WatchEvent<KubeObject>[] = [];
  let ended = false;
  let wake = () => {};
  const end = () => {
    ended = true;
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  const subscription = start({
    send(frame) {
      if (unread.length >= maxUnreadEvents) end();
      else unread.push(frame);
      wake();
    },
    end,
  });
  try {
    while (!signal.aborted) {
      const batch = unread;
      unread = [];
      yield* batch;
      if (unread.length > 0) continue;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', end);
    subscription.stop();
  }
}

function toQuery(values: Record<string, string | undefined>): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, value);
  return query;
}
