import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Pool } from 'undici';
import * as v from 'valibot';
import type { ServiceContext } from './context.ts';
import { requestIdOf } from './request-id.ts';
import { UpstreamError, type UpstreamFailure } from './upstream-error.ts';

const maxInFlight = 512;
const maxAnswerBytes = 1024 * 1024;

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

export interface Upstream {
  /** Any answer, whatever its status. @throws UpstreamError when there is none, or not before the deadline */
  request(call: Call): Promise<Answer>;
  /** JSON in, JSON out; `body` is undefined for a 4xx. @throws UpstreamError also for a 5xx or a senseless answer */
  json<T>(
    call: Omit<Call, 'body'> & { body?: unknown },
    schema: v.GenericSchema<unknown, T>,
  ): Promise<{ status: number; body: T | undefined }>;
  close(): Promise<void>;
}

/** A service that we depend on: kept-alive connections, a deadline for each call, trace and request id passed on. */
export function createUpstream(
  service: ServiceContext,
  options: { name: string; url: string; deadlineMs: number; connections?: number },
): Upstream {
  const { name, deadlineMs } = options;
  const base = new URL(options.url);
  const pathPrefix = base.pathname.replace(/\/$/, '');
  const tracer = trace.getTracer(service.name);
  let inFlight = 0;
  const pool = new Pool(base.origin, {
    connections: options.connections ?? 64,
    connect: { timeout: deadlineMs },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxAnswerBytes,
  });

  async function send(call: Call, active = context.active()): Promise<Answer> {
    if (inFlight >= maxInFlight) {
      throw new UpstreamError(name, 'overloaded', `${inFlight} calls to ${name} wait already`);
    }
    const deadline = AbortSignal.timeout(deadlineMs);
    const requestId = requestIdOf(active);
    const headers: Record<string, string> = { ...call.headers, ...(requestId && { 'x-request-id': requestId }) };
    propagation.inject(active, headers);
    service.metrics.upstreamInFlight.set({ upstream: name }, ++inFlight);
    try {
      const answer = await pool.request({
        method: call.method,
        path: pathPrefix + call.path,
        headers,
        body: call.body ?? null,
        signal: call.signal ? AbortSignal.any([call.signal, deadline]) : deadline,
      });
      return {
        status: answer.statusCode,
        contentType: String(answer.headers['content-type'] ?? ''),
        text: await answer.body.text(),
      };
    } catch (error) {
      throw asUpstreamError(name, base.origin, deadlineMs, error);
    } finally {
      service.metrics.upstreamInFlight.set({ upstream: name }, --inFlight);
    }
  }

  async function request(call: Call): Promise<Answer> {
    const started = performance.now();
    const span = tracer.startSpan(`${call.method} ${name}`, {
      kind: SpanKind.CLIENT,
      attributes: { 'http.request.method': call.method, 'url.path': call.path, 'peer.service': name },
    });
    let outcome = 'error';
    try {
      const answer = await send(call, trace.setSpan(context.active(), span));
      outcome = String(answer.status);
      span.setAttribute('http.response.status_code', answer.status);
      if (answer.status >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
        logFailure(call, started, `${name} answered ${answer.status}`);
      }
      return answer;
    } catch (error) {
      const { message, failure } = error as UpstreamError;
      outcome = failure;
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      logFailure(call, started, message);
      throw error;
    } finally {
      span.end();
      service.metrics.upstream.observe({ upstream: name, outcome }, (performance.now() - started) / 1000);
    }
  }

  function logFailure(call: Call, started: number, reason: string): void {
    const durationMs = Math.round(performance.now() - started);
    service.logger.warn({ upstream: name, method: call.method, path: call.path, durationMs }, reason);
  }

  return {
    request,
    async json(call, schema) {
      const { body, ...rest } = call;
      const answer = await request(
        body === undefined
          ? rest
          : {
              ...rest,
              body: JSON.stringify(body),
              headers: { ...rest.headers, 'content-type': 'application/json' },
            },
      );
      if (answer.status >= 500) {
        throw new UpstreamError(
          name,
          failureOf(answer.status),
          `${name} answered ${answer.status}: ${excerpt(answer)}`,
        );
      }
      return { status: answer.status, body: answer.status < 400 ? parseAnswer(name, schema, answer) : undefined };
    },
    close: () => pool.destroy(),
  };
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
  } catch (error) {
    throw new UpstreamError(name, 'invalid', `${name} answered ${answer.status} with: ${excerpt(answer)}`, {
      cause: error,
    });
  }
}

function asUpstreamError(name: string, origin: string, deadlineMs: number, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) {
    return error;
  }
  const { code, message } = error as NodeJS.ErrnoException & Error;
  const inTime = !/Timeout|Abort/.test((error as Error).name) && !/TIMEOUT|TIMEDOUT/.test(code ?? '');
  return inTime
    ? new UpstreamError(name, 'unreachable', `${name} at ${origin} can't be reached: ${message || code}`, {
        cause: error,
      })
    : new UpstreamError(name, 'timeout', `${name} at ${origin} gave no answer within ${deadlineMs} ms`, {
        cause: error,
      });
}
