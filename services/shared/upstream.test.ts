import type { RequestListener } from 'node:http';
import * as v from 'valibot';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type LogLine, serveForTest, testContext } from './testing.ts';
import { createUpstream, type Upstream } from './upstream.ts';
import { isTransient, UpstreamError } from './upstream-error.ts';

function upstreamAt(url: string): { upstream: Upstream; log: LogLine[] } {
  const { service, log } = testContext('caller');
  const upstream = createUpstream(service, { name: 'callee', url, deadlineMs: 200 });
  onTestFinished(() => upstream.close());
  return { upstream, log };
}

async function failureAt(url: string): Promise<[failure: string, status: number, transient: boolean]> {
  const { upstream, log } = upstreamAt(url);
  const error = (await upstream
    .json({ method: 'GET', path: '/' }, v.object({ id: v.string() }))
    .catch((reason: unknown) => reason)) as UpstreamError;
  expect(log.filter(({ level }) => Number(level) >= 40).length).toBe(error.failure === 'invalid' ? 0 : 1);
  return [error.failure, error.status, isTransient(error)];
}

const answering = (status: number, body: string): Promise<string> =>
  serveForTest((_request, response) => response.writeHead(status).end(body));

describe('an upstream', () => {
  it('says honestly what went wrong', async () => {
    expect(await failureAt('http://localhost:1')).toEqual(['unreachable', 502, true]);
    expect(await failureAt('http://no-such-host.invalid')).toEqual(['unreachable', 502, true]);
    expect(await failureAt(await serveForTest(() => {}))).toEqual(['timeout', 504, true]);
    expect(await failureAt(await answering(500, ''))).toEqual(['failed', 502, true]);
    expect(await failureAt(await answering(503, ''))).toEqual(['overloaded', 503, true]);
    expect(await failureAt(await answering(504, ''))).toEqual(['timeout', 504, true]);
    expect(await failureAt(await answering(200, '<html>'))).toEqual(['invalid', 502, false]);
    expect(await failureAt(await answering(200, '{"id":7}'))).toEqual(['invalid', 502, false]);
  });

  it('hands a refusal on as an answer without a body', async () => {
    const { upstream } = upstreamAt(await answering(404, '{"title":"Not Found"}'));
    expect(await upstream.json({ method: 'GET', path: '/' }, v.unknown())).toEqual({ status: 404, body: undefined });
  });

  it('keeps the path of its base URL', async () => {
    const paths: (string | undefined)[] = [];
    const listener: RequestListener = (request, response) => {
      paths.push(request.url);
      response.end('{}');
    };
    const { upstream } = upstreamAt(`${await serveForTest(listener)}/s/script-1/`);
    await upstream.request({ method: 'GET', path: '/orders?limit=2' });
    expect(paths).toEqual(['/s/script-1/orders?limit=2']);
  });

  it('asks over a new connection when the one before is too old', async () => {
    const ports = new Set<number | undefined>();
    const listener: RequestListener = (request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    };
    const { service } = testContext('caller', { UPSTREAM_CONNECTION_SECONDS: '1' });
    const url = await serveForTest(listener);
    const upstream = createUpstream(service, { name: 'callee', url, deadlineMs: 500 });
    onTestFinished(() => upstream.close());
    const ask = async () => {
      await upstream.request({ method: 'GET', path: '/' });
      return ports.size;
    };
    await expect.poll(ask, { timeout: 4_000 }).toBe(2);
  });

  it('leaves alone who has let ten calls in a row wait in vain, until one is answered', async () => {
    let silent = true;
    let asked = 0;
    const listener: RequestListener = (_request, response) => {
      asked++;
      if (!silent) {
        response.writeHead(500).end();
      }
    };
    const { upstream } = upstreamAt(await serveForTest(listener));
    const failure = async () => {
      const answer = await upstream.request({ method: 'GET', path: '/' }).catch((error: unknown) => error);
      return answer instanceof UpstreamError ? answer.failure : undefined;
    };
    const first = await Promise.all(Array.from({ length: 10 }, failure));
    expect(new Set(first)).toEqual(new Set(['timeout']));
    expect(await failure()).toBe('resting');
    expect(asked).toBe(10);
    silent = false;
    await expect.poll(failure, { timeout: 3_000 }).toBeUndefined();
    expect(await failure()).toBeUndefined();
  });

  it('goes on asking who refuses at once', async () => {
    const { upstream } = upstreamAt('http://localhost:1');
    for (let call = 1; call <= 15; call++) {
      await expect(upstream.request({ method: 'GET', path: '/' })).rejects.toMatchObject({ failure: 'unreachable' });
    }
  });
});
