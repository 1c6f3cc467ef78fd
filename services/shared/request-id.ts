import { randomUUID } from 'node:crypto';
import { type Context, createContextKey } from '@opentelemetry/api';

const key = createContextKey('request id');
const acceptable = /^[\w.-]{1,64}$/;

/** The caller's id when it is one that we dare to log, else a new one. */
export function acceptRequestId(header: string | undefined): string {
  return header && acceptable.test(header) ? header : randomUUID();
}

export function withRequestId(context: Context, requestId: string): Context {
  return context.setValue(key, requestId);
}

/** The id of the request that is being answered; work that no request asked for gets one of its own. */
export function requestIdOf(context: Context): string {
  return (context.getValue(key) as string | undefined) ?? randomUUID();
}
