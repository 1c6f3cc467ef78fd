import { context, propagation, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Request, RequestHandler, Response } from 'express';
import type { ServiceContext } from './context.ts';
import { acceptRequestId, withRequestId } from './request-id.ts';

/** Facts that a route wants to see in the request's log line, such as the order's id. */
export function addToLog(response: Response, facts: { orderId?: string; reference?: string | null }): void {
  response.locals['facts'] = { ...(response.locals['facts'] as object | undefined), ...facts };
}

/**
 * Everything we want to know about a request, in one place: its server span, its ids in the answer, one log line,
 * and its share of the metrics. Everything behind it runs inside the span.
 */
export function observe(service: ServiceContext, options: { traced: boolean; quiet: boolean }): RequestHandler {
  const tracer = trace.getTracer(service.name);
  return (request, response, next) => {
    const started = performance.now();
    const requestId = acceptRequestId(request.header('x-request-id'));
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = options.traced
      ? tracer.startSpan(
          `${request.method} ${request.path}`,
          { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'url.path': request.path } },
          parent,
        )
      : trace.wrapSpanContext(trace.getSpanContext(parent) ?? emptySpan);
    const active = withRequestId(trace.setSpan(parent, span), requestId);
    const ids: Record<string, string> = { 'x-request-id': requestId };
    propagation.inject(active, ids);
    response.set(ids);
    if (service.draining) {
      response.set('connection', 'close');
    }
    service.metrics.inFlight.inc();
    response.once('close', () => {
      service.metrics.inFlight.dec();
      conclude(service, options.quiet, { request, response, span, requestId, durationMs: performance.now() - started });
    });
    context.with(active, next);
  };
}

const emptySpan = { traceId: '', spanId: '', traceFlags: 0 };

interface Observed {
  request: Request;
  response: Response;
  span: Span;
  requestId: string;
  durationMs: number;
}

function conclude(service: ServiceContext, quiet: boolean, observed: Observed): void {
  const { request, response, span, requestId, durationMs } = observed;
  // The caller hung up before the answer was out: its choice, not our failure.
  const status = response.writableFinished ? response.statusCode : 499;
  const path = request.originalUrl.split('?')[0];
  const route = routeOf(request);
  const error = response.locals['error'] as Error | undefined;
  span.updateName(`${request.method} ${route}`);
  span.setAttribute('http.response.status_code', status);
  if (status >= 500) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error?.message ?? String(status) });
  }
  span.end();
  service.metrics.requests.observe({ method: request.method, route, status }, durationMs / 1000);
  const { traceId, spanId } = span.spanContext();
  const line = {
    method: request.method,
    path,
    status,
    durationMs: Math.round(durationMs * 10) / 10,
    ...(traceId && { traceId, spanId }),
    requestId,
    ...(response.locals['facts'] as object | undefined),
    ...(error && { err: error }),
  };
  const level = status >= 500 ? 'error' : quiet ? 'debug' : 'info';
  service.logger[level](line, `${request.method} ${path} ${status}`);
  if (service.logger.isLevelEnabled('debug')) {
    service.logger.debug({ requestId, headers: request.headers, body: bodyOf(request) }, 'asked in full');
  }
}

/** Everything that was sent, passwords included: `debug` is for a developer's own machine. */
function bodyOf({ body }: Request): unknown {
  return Buffer.isBuffer(body) ? body.toString('utf8') : body;
}

/** The route's pattern, not its path: metrics must not grow with what people ask for. */
function routeOf(request: Request): string {
  const route = request.route as { path?: string } | undefined;
  return route?.path === undefined ? 'unmatched' : request.baseUrl + route.path;
}
