/** An API server of its own for each test, spoken to without a network. */
import { FakeClock } from '../../../test/helpers/fake-clock.ts';
import type { KubeObject, ObjectMeta } from '../../objects/types.ts';
import type { ApiRequest, ApiResponse, WatchFrame } from '../request-handler.ts';
import { createApiServer, type ApiServer } from '../server.ts';

export interface Answer {
  code: number;
  object: KubeObject & { message?: string; reason?: string; items?: KubeObject[]; details?: { causes?: object[] } };
  warnings: readonly string[];
}

interface Ask {
  query?: string;
  type?: string;
  accept?: string;
  user?: string;
}

export interface ApiUnderTest {
  clock: FakeClock;
  server: ApiServer;
  send(method: string, path: string, body?: object, ask?: Ask): Promise<ApiResponse>;
  /** As `send`, for what is answered with an object. */
  ask(method: string, path: string, body?: object, ask?: Ask): Promise<Answer>;
  watch(path: string, query?: string, accept?: string): Promise<{ frames: WatchFrame[]; ended: () => boolean }>;
}

/** With one namespace in it, `shop`. */
export async function startApi(): Promise<ApiUnderTest> {
  const clock = new FakeClock();
  const server = createApiServer({ clock });

  const send: ApiUnderTest['send'] = (method, path, body, asked = {}) => {
    const request: ApiRequest = {
      method,
      path,
      query: new URLSearchParams(asked.query),
      headers: { 'content-type': asked.type ?? 'application/json', accept: asked.accept, 'user-agent': 'kubectl/v1' },
      body: body ?? new Uint8Array(),
      user: asked.user ?? 'kubernetes-admin',
      signal: new AbortController().signal,
    };
    return server.handle(request);
  };
  const ask: ApiUnderTest['ask'] = async (...parameters) => {
    const response = await send(...parameters);
    if (response.type !== 'object') throw new Error(`no object but ${response.type}`);
    return { code: response.code, object: response.object as Answer['object'], warnings: response.warnings ?? [] };
  };

  await ask('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  return {
    clock,
    server,
    send,
    ask,
    async watch(path, query = '', accept) {
      const response = await send('GET', path, undefined, { query: `watch=true&${query}`, accept });
      if (response.type !== 'watch') throw new Error(`no watch but ${response.type}`);
      const frames: WatchFrame[] = [];
      let isEnded = false;
      response.start({ send: (frame) => frames.push(frame), end: () => (isEnded = true) });
      return { frames, ended: () => isEnded };
    },
  };
}

/** What a watch sent, as `TYPE name`. */
export const named = (frames: readonly WatchFrame[]) =>
  frames.map(({ type, object }) => `${type} ${object.metadata?.name ?? ''}`.trim());
export const configMaps = '/api/v1/namespaces/shop/configmaps';
export const pods = '/api/v1/namespaces/shop/pods';
export const deployments = '/apis/apps/v1/namespaces/shop/deployments';
export const services = '/api/v1/namespaces/shop/services';
export const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export const configMap = (name: string, rest: Partial<ObjectMeta> = {}) => ({
  metadata: { name, ...rest },
  data: { key: 'a' },
});
export const pod = (name: string, spec = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'app', image: 'demo:1' }], ...spec },
});
export const deployment = (name: string, replicas = 1) => ({
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'demo:1' }] } },
  },
});
