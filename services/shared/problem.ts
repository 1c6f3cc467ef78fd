import { STATUS_CODES } from 'node:http';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import * as v from 'valibot';
import { UpstreamError } from './upstream-error.ts';

/** An answer other than success that the caller is to read: RFC 9457. `detail` is for people outside. */
export class Problem extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
  }
}

export function sendProblem(response: Response, status: number, detail: string): void {
  const span = trace.getActiveSpan()?.spanContext();
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: STATUS_CODES[status] ?? 'Error',
        status,
        detail,
        instance: response.req.originalUrl.split('?')[0],
        ...(span && isSpanContextValid(span) && { traceId: span.traceId }),
      }),
    );
}

export const notFound: RequestHandler = (request, response) => {
  sendProblem(response, 404, `There is nothing at ${request.method} ${request.path}.`);
};

/** Last in the chain: turns whatever was thrown into an honest answer, and keeps the cause for the log line. */
export const answerProblem: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const [status, detail] = describe(error);
  if (status >= 500) {
    response.locals['error'] = error;
  }
  if (response.headersSent) {
    next(error);
    return;
  }
  sendProblem(response, status, detail);
};

function describe(error: unknown): [status: number, detail: string] {
  if (error instanceof Problem) {
    return [error.status, error.message];
  }
  if (error instanceof UpstreamError) {
    return [error.status, `${error.upstream} ${upstreamDetail[error.failure]}`];
  }
  if (isBodyError(error)) {
    return [error.status, error.type === 'entity.parse.failed' ? 'The body is not valid JSON.' : error.message];
  }
  return [500, 'Something failed here. It is in our logs under the trace id.'];
}

const upstreamDetail = {
  unreachable: 'could not be reached.',
  failed: 'failed to answer this request.',
  invalid: 'gave an answer that makes no sense.',
  overloaded: 'is too busy to answer this request.',
  resting: 'has not answered for a while and is left alone for a moment.',
  timeout: 'did not answer in time.',
};

/** What express and its body parsers throw for the caller's mistakes. */
function isBodyError(error: unknown): error is Error & { status: number; type?: string } {
  return error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500;
}

/**
 * Checks what a caller sent.
 * @throws Problem 400 that names every wrong field
 */
export function parseInput<T>(schema: v.GenericSchema<unknown, T>, input: unknown): T {
  const result = v.safeParse(schema, input);
  if (result.success) {
    return result.output;
  }
  const wrong = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new Problem(400, `${wrong.join('; ')}.`);
}
