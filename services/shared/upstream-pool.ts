import { type Context, context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import { Pool } from 'undici';
import { createAddressCache } from './address-cache.ts';
import type { ServiceContext } from './context.ts';
import { requestIdOf } from './request-id.ts';
import type { Answer, Call } from './upstream.ts';
import { UpstreamError } from './upstream-error.ts';

const maxInFlight = 512;
const maxAnswerBytes = 1024 * 1024;

export interface UpstreamOptions {
  name: string;
  /** The base URL; its path, if any, goes before the path of every call. */
  url: string;
  /** From the call until the whole answer is here, connecting and waiting in line included. */
  deadlineMs: number;
}

export interface UpstreamPool {
  /** @throws UpstreamError when there is no answer, or not before the deadline */
  send(call: Call, active: Context): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * Connections to one service that are kept alive, but not for ever, a bounded number of calls on them, and a deadline
 * for each call.
 */
export function createUpstreamPool(service: ServiceContext, options: UpstreamOptions): UpstreamPool {
  const { name, deadlineMs } = options;
  const base = new URL(options.url);
  const pathPrefix = base.pathname.replace(/\/$/, '');
  const { UPSTREAM_DNS_SECONDS: dnsS, UPSTREAM_CONNECTION_SECONDS: connectionS } = service.config;
  const lookup = createAddressCache({
    ttlMs: dnsS * 1000,
    now: () => performance.now(),
    // Not a matter of the request that happened to need the connection.
    onMove: (addresses) =>
      context.with(ROOT_CONTEXT, () =>
        service.logger.info({ upstream: name, addresses }, `${name} is at ${addresses.join(', ')}`),
      ),
  });
  const pool = new Pool(base.origin, {
    connections: 64,
    clientTtl: connectionS * 1000 || null,
    connect: { timeout: deadlineMs, lookup },
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    maxResponseSize: maxAnswerBytes,
  });
  let inFlight = 0;

  return {
    async send(call, active) {
      if (inFlight >= maxInFlight) {
        throw new UpstreamError(name, 'overloaded', `${inFlight} calls to ${name} wait already`);
      }
      const deadline = AbortSignal.timeout(deadlineMs);
      const headers = { ...call.headers, 'x-request-id': requestIdOf(active) };
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
        throw asUpstreamError(name, base.origin, deadlineMs, error as NodeJS.ErrnoException);
      } finally {
        service.metrics.upstreamInFlight.set({ upstream: name }, --inFlight);
      }
    },
    close: () => pool.destroy(),
  };
}

function asUpstreamError(
  name: string,
  origin: string,
  deadlineMs: number,
  cause: NodeJS.ErrnoException,
): UpstreamError {
  const late = /Timeout|Abort/.test(cause.name) || /TIMEOUT|TIMEDOUT/.test(cause.code ?? '');
  return late
    ? new UpstreamError(name, 'timeout', `${name} at ${origin} gave no answer within ${deadlineMs} ms`, { cause })
    : new UpstreamError(name, 'unreachable', `${name} at ${origin} can't be reached: ${cause.message || cause.code}`, {
        cause,
      });
}
