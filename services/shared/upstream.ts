import { type Context, context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import * as v from 'valibot';
import { createCircuit } from './circuit.ts';
import type { ServiceContext } from './context.ts';
import { UpstreamError, type UpstreamFailure } from './upstream-error.ts';
import { createUpstreamPool, type UpstreamOptions } from './upstream-pool.ts';

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query, below the upstream's base URL. */
  path: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  contentType: string;
  text: string;
}

type JsonCall = Omit<Call, 'body'> & { body?: unknown };

export interface Upstream {
  /** Any answer, whatever its status. @throws UpstreamError when there is none, or not before the deadline */
  request(call: Call): Promise<Answer>;
  /** JSON in, JSON out; `body` is undefined for a 4xx. @throws UpstreamError also for a 5xx or a senseless answer */
  json<T>(call: JsonCall, schema: v.GenericSchema<unknown, T>): Promise<{ status: number; body: T | undefined }>;
  close(): Promise<void>;
}

/** A service that we depend on. Each call has a deadline and a span, and passes on the trace and the request id. */
export function createUpstream(service: ServiceContext, options: UpstreamOptions): Upstream {
  const { name } = options;
  const pool = createUpstreamPool(service, options);

  const circuit = createCircuit(service, name);
  const request = (call: Call) => observed(service, name, call, (active) => circuit(() => pool.send(call, active)));

  return {
    request,
    async json(call, schema) {
      const answer = await request(asJson(call));
      if (answer.status >= 500) {
        const message = `${name} answered ${answer.status}: ${excerpt(answer)}`;
        throw new UpstreamError(name, failureOf(answer.status), message);
      }
      return { status: answer.status, body: answer.status < 400 ? parseAnswer(name, schema, answer) : undefined };
    },
    close: () => pool.close(),
  };
}

/** Sends, and leaves a span, a measurement and, if it went wrong, a line in the log. */
async function observed(
  service: ServiceContext,
  name: string,
  call: Call,
  send: (active: Context) => Promise<Answer>,
): Promise<Answer> {
  const { method, path } = call;
  const started = performance.now();
  const span = trace.getTracer(service.name).startSpan(`${method} ${name}`, {
    kind: SpanKind.CLIENT,
    attributes: { 'http.request.method': method, 'url.path': path, 'peer.service': name },
  });
  const fail = (reason: string) => {
    span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    const durationMs = Math.round(performance.now() - started);
    service.logger.warn({ upstream: name, method, path, durationMs }, reason);
  };
  let outcome = 'error';
  try {
    const answer = await send(trace.setSpan(context.active(), span));
    outcome = String(answer.status);
    span.setAttribute('http.response.status_code', answer.status);
    if (answer.status >= 500) {
      fail(`${name} answered ${answer.status}`);
    }
    return answer;
  } catch (error) {
    if (error instanceof UpstreamError) {
      outcome = error.failure;
      fail(error.message);
    }
    throw error;
  } finally {
    span.end();
    service.metrics.upstream.observe({ upstream: name, outcome }, (performance.now() - started) / 1000);
  }
}

function asJson({ body, headers, ...rest }: JsonCall): Call {
  return body === undefined
    ? { ...rest, ...(headers && { headers }) }
    : { ...rest, body: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } };
}

function failureOf(status: number): UpstreamFailure {
  return status === 503 ? 'overloaded' : status === 504 ? 'timeout' : 'failed';
}

function excerpt(answer: Answer): string {
  return answer.text.slice(0, 200);
}

function parseAnswer<T>(name: string, schema: v.GenericSchema<unknown, T>, answer: Answer): T {
  try {
    return v.parse(schema, JSON.parse(answer.text));
  } catch (cause) {
    const message = `${name} answered ${answer.status} with something else: ${excerpt(answer)}`;
    throw new UpstreamError(name, 'invalid', message, { cause });
  }
}
