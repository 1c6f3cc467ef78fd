import { ok } from 'node:assert/strict';
import { createApiServer, type ApiServer } from '../../cluster/apiserver/server.ts';
import type { ApiResponse } from '../../cluster/apiserver/request-handler.ts';
import type { Status } from '../../cluster/objects/status-error.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import type { Random } from './random.ts';

/** A request as somebody outside would make it. */
export interface Ask {
  method: string;
  path: string;
  query?: string;
  type?: string;
  accept?: string;
  body?: Uint8Array | string;
}

/** An API server to which anything may be sent, and which tells what went wrong inside. */
export interface FuzzedServer extends AsyncDisposable {
  clock: FakeClock;
  server: ApiServer;
  ask(ask: Ask): Promise<ApiResponse>;
}

/** No answer may take longer. What is quadratic shows itself with long texts. */
const longestAnswerMs = 2_000;

export async function startFuzzedServer(random: Random, shared: { server?: ApiServer } = {}): Promise<FuzzedServer> {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const server =
    shared.server ?? createApiServer({ clock, random: () => random.next(), onError: (error) => failures.push(error) });
  const ask = async ({ method, path, query, type, accept, body = '' }: Ask): Promise<ApiResponse> => {
    const startedMs = performance.now();
    const response = await server.handle({
      method,
      path,
      query: new URLSearchParams(query),
      headers: { 'content-type': type ?? 'application/json', accept, 'user-agent': 'fuzz/1' },
      body: Buffer.from(body),
      user: 'somebody',
      groups: ['system:masters', 'system:authenticated'],
      signal: new AbortController().signal,
    });
    const tookMs = performance.now() - startedMs;
    const told = `${method} ${path}?${query ?? ''} ${type ?? ''}\n${Buffer.from(body).toString().slice(0, 2_000)}`;
    const failure = failures.shift();
    if (failure) throw new Error(`${told}\n${(failure as Error).stack}`);
    ok(tookMs < longestAnswerMs, `took ${tookMs} ms: ${told}`);
    ok(isProper(response), `${told}\n${JSON.stringify(response)?.slice(0, 500)}`);
    return response;
  };
  for (const name of ['shop', 'default']) {
    await ask({ method: 'POST', path: '/api/v1/namespaces', body: JSON.stringify({ metadata: { name } }) });
  }
  return { clock, server, ask, [Symbol.asyncDispose]: () => server.close() };
}

/**
 * Either it went well, or a `Status` says with the same code what the asker did wrong. Below a group that is not served
 * nobody makes a Status, and what Kubernetes did not foresee either has no reason. A version that is still to come is a
 * time-out.
 */
function isProper(response: ApiResponse): boolean {
  if (response.code < 400) return true;
  if (response.type === 'bytes') {
    const text = Buffer.from(response.bytes).toString();
    if (response.contentType === 'application/yaml') return text.includes('\nkind: Status\n');
    return response.code === 404 && text === '404 page not found\n';
  }
  if (response.type !== 'object') return false;
  const { kind, code, status, message, reason } = response.object as Status;
  const isTold = kind === 'Status' && status === 'Failure' && code === response.code && !!message;
  return isTold && (response.code < 500 ? !!reason : response.code === 504 ? reason === 'Timeout' : !reason);
}
