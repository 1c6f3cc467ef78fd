import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { endpointsOf } from '../../objects/endpoint-slices.ts';
import { badRequest, notFound, serviceUnavailable } from '../../objects/status-error.ts';
import type { EndpointSlice, Pod, Service } from '../../objects/types.ts';
import type { ApiCall } from '../api-call.ts';
import type { ApiResponse } from '../request-handler.ts';

const answerTimeoutMs = 30_000;
/** Headers that concern one connection only, or that are secret to the API server. */
const notForwarded = new Set(['authorization', 'connection', 'content-length', 'host', 'transfer-encoding', 'upgrade']);

/** `pods/[http:]NAME[:PORT]/proxy/…`: the request goes on to the pod. */
export function proxyToPod(call: ApiCall): Promise<ApiResponse> {
  const { name, port } = parseProxyName(call.target.name ?? '');
  const pod = findPod(call, name);
  if (!pod) throw notFound(call.kind, name);
  const number = port ? Number(port) : (pod.spec?.containers[0]?.ports?.[0]?.containerPort ?? 80);
  if (!Number.isInteger(number)) throw badRequest(`invalid pod request ${JSON.stringify(call.target.name)}`);
  return forward(call, pod, number);
}

/** `services/[http:]NAME[:PORT]/proxy/…`: the request goes on to one of the ready endpoints. */
export function proxyToService(call: ApiCall): Promise<ApiResponse> {
  const { store, random } = call.context;
  const { namespace = '' } = call.target;
  const { name, port } = parseProxyName(call.target.name ?? '');
  const service = store.get('services', namespace, name) as Service | undefined;
  if (!service) throw notFound(call.kind, name);

  const servicePorts = service.spec?.ports ?? [];
  const chosen = port ? servicePorts.find((item) => item.name === port || String(item.port) === port) : servicePorts[0];
  const slices = store.list('endpointslices.discovery.k8s.io', namespace) as EndpointSlice[];
  const backends = (chosen ? endpointsOf(service, chosen, slices) : []).flatMap(({ port: number, targetRef }) => {
    const pod = findPod(call, targetRef?.name ?? '');
    return pod ? [{ pod, port: number }] : [];
  });
  const backend = backends[Math.floor(random() * backends.length)];
  if (!backend) throw serviceUnavailable(`no endpoints available for service "${name}"`);
  return forward(call, backend.pod, backend.port);
}

/** Takes `http:web:8080` apart; scheme and port may be left out. */
export function parseProxyName(text: string): { name: string; port?: string } {
  const parts = text.split(':');
  if (parts.length === 3) parts.shift();
  const [name = '', port] = parts;
  return { name, ...(port ? { port } : {}) };
}

function findPod({ context, target }: ApiCall, name: string): Pod | undefined {
  return context.store.get('pods', target.namespace, name) as Pod | undefined;
}

async function forward(call: ApiCall, pod: Pod, port: number): Promise<ApiResponse> {
  const nodeProxy = call.context.nodeProxy();
  if (!nodeProxy) throw serviceUnavailable('no kubelet is running');
  const address = `${pod.status?.podIP ?? ''}:${port}`;
  try {
    const connection = await nodeProxy.connect(pod, port);
    const answer = await exchange(call, connection, address);
    const headers = Object.entries(answer.headers).filter(([name]) => !notForwarded.has(name));
    return {
      type: 'stream',
      code: answer.statusCode ?? 502,
      stream: answer,
      headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value)])),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ECONNREFUSED' ? `dial tcp ${address}: connect: connection refused` : message;
    throw serviceUnavailable(`error trying to reach service: ${why}`);
  }
}

function exchange({ request, target }: ApiCall, connection: Duplex, host: string): Promise<IncomingMessage> {
  const { method, query, headers, body, signal } = request;
  const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && !notForwarded.has(name));
  const search = query.size > 0 ? `?${query.toString()}` : '';
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        method,
        path: `${target.rest ?? '/'}${search}`,
        headers: { ...Object.fromEntries(kept), host, connection: 'close' },
        createConnection: () => connection,
        timeout: answerTimeoutMs,
        signal,
      },
      resolve,
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${host} in time`)));
    outgoing.on('error', reject);
    outgoing.end(body instanceof Uint8Array ? body : JSON.stringify(body));
  });
}
