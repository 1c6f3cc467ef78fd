import { Readable } from 'node:stream';
import { badRequest, serviceUnavailable } from '../../objects/status-error.ts';
import type { Pod } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import { chooseContainer } from '../container-choice.ts';
import type { LogOptions } from '../node-proxy.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';

/** Streams a container's log from the kubelet. */
export async function readLog(call: ApiCall): Promise<ApiResponse> {
  const pod = requireLive(call) as Pod;
  const options = parseLogOptions(pod, call.request.query, call.context.clock.now());
  const headers = { 'content-type': 'text/plain' };
  // A pod without a node has no log yet; that is no error.
  if (!pod.spec?.nodeName) return { type: 'stream', code: 200, stream: Readable.from([]), headers };
  const nodeProxy = call.context.nodeProxy();
  if (!nodeProxy) throw serviceUnavailable('no kubelet is running');
  const stream = await nodeProxy.logs(pod, options, call.request.signal);
  return { type: 'stream', code: 200, stream, headers };
}

/** @throws StatusError BadRequest when the container is not named and there are several, or does not exist */
export function parseLogOptions(pod: Pod, query: URLSearchParams, nowMs: number): LogOptions {
  const tailLines = wholeNumber(query, 'tailLines');
  const limitBytes = wholeNumber(query, 'limitBytes');
  const sinceSeconds = wholeNumber(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const sinceMs =
    sinceSeconds === undefined ? (sinceTime ? Date.parse(sinceTime) : undefined) : nowMs - sinceSeconds * 1000;
  return {
    container: chooseContainer(pod, query.get('container') ?? ''),
    follow: isTrue(query.get('follow')),
    previous: isTrue(query.get('previous')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined || Number.isNaN(sinceMs) ? {} : { sinceMs }),
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`${name}: Invalid value: "${text}": must be greater than or equal to 0`);
  return Number(text);
}

function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}
