import type { KubeObject } from '../objects/types.ts';
import { StatusError, type Status } from '../objects/status-error.ts';
import type { Client, DeleteOptions, ListOptions, ResourceRef, WatchEvent } from './client.ts';
import { namespaces } from './resources.ts';
import type { Transport, TransportRequest } from './transport.ts';

/** A client that speaks to one API server, whatever the transport. */
export function createClient(transport: Transport): Client {
  async function call(request: TransportRequest): Promise<object> {
    const { code, body } = await transport.request(request);
    if (code >= 400) throw toError(body as Status);
    return body;
  }

  /** Answers are shared with the server; the caller gets a copy of its own. */
  async function callForOwn<T extends KubeObject>(request: TransportRequest): Promise<T> {
    return structuredClone(await call(request)) as T;
  }

  function put<T extends KubeObject>(ref: ResourceRef<T>, object: T, subresource?: string): Promise<T> {
    const { name, namespace } = object.metadata;
    return callForOwn<T>({ method: 'PUT', path: pathOf(ref, namespace, name, subresource), body: object });
  }

  return {
    get: (ref, name, namespace) => callForOwn({ method: 'GET', path: pathOf(ref, namespace, name) }),

    async list(ref, options = {}) {
      const body = await call({ method: 'GET', path: pathOf(ref, options.namespace), query: selectorsOf(options) });
      const list = body as { items: []; metadata: { resourceVersion: string } };
      return { items: list.items, resourceVersion: list.metadata.resourceVersion };
    },

    create: (ref, object) =>
      callForOwn({ method: 'POST', path: pathOf(ref, object.metadata.namespace ?? 'default'), body: object }),

    update: (ref, object) => put(ref, object),

    async finalize(namespace) {
      await put(namespaces, namespace, 'finalize');
    },

    updateStatus: (ref, object) => put(ref, object, 'status'),

    patch: (ref, name, patch, options = {}) =>
      callForOwn({
        method: 'PATCH',
        path: pathOf(ref, options.namespace, name, options.subresource),
        contentType: options.contentType ?? 'application/merge-patch+json',
        body: patch as object,
      }),

    async delete(ref, name, options = {}) {
      await call({ method: 'DELETE', path: pathOf(ref, options.namespace, name), body: deleteBody(options) });
    },

    async bind(name, namespace, nodeName) {
      await call({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/pods/${name}/binding`,
        body: { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { kind: 'Node', name: nodeName } },
      });
    },

    async createToken(name, namespace, spec) {
      const body = await call({
        method: 'POST',
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec },
      });
      const { status } = body as { status: { token: string; expirationTimestamp: string } };
      return { token: status.token, expiresAtMs: Date.parse(status.expirationTimestamp) };
    },

    async *watch(ref, options) {
      const query = { ...selectorsOf(options), resourceVersion: options.resourceVersion };
      for await (const event of transport.watch(pathOf(ref, options.namespace), query, options.signal)) {
        if (event.type === 'ERROR') throw toError(event.object as unknown as Status);
        yield event as WatchEvent<never>;
      }
    },
  };
}

function pathOf(ref: ResourceRef, namespace?: string, name?: string, subresource?: string): string {
  const root = ref.group ? `/apis/${ref.group}/${ref.version}` : `/api/${ref.version}`;
  const scope = ref.namespaced && namespace ? `/namespaces/${namespace}` : '';
  const rest = [ref.resource, name, subresource].filter((part) => part !== undefined);
  return `${root}${scope}/${rest.join('/')}`;
}

function selectorsOf({ labelSelector, fieldSelector }: ListOptions): Record<string, string | undefined> {
  return { labelSelector, fieldSelector };
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, uid }: DeleteOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(uid === undefined ? {} : { preconditions: { uid } }),
  };
}

function toError({ code, reason, message, details }: Status): StatusError {
  return new StatusError(code ?? 500, reason ?? '', message ?? '', details);
}
