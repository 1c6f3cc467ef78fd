import type { AnyKind } from '../objects/kinds/kind.ts';
import { notFound } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import type { ApiCall, ApiVerb } from './api-call.ts';
import { representList, representObject } from './representation.ts';
import { parseSelection } from './selection.ts';

interface ComponentStatus extends KubeObject {
  conditions: { type: string; status: string; message: string }[];
}

const kind: AnyKind = {
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  singular: 'componentstatus',
  shortNames: ['cs'],
  namespaced: false,
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  verbs: ['get', 'list'],
  columns: [
    { name: 'Name', format: 'name', cell: ({ metadata }: KubeObject) => metadata.name ?? '' },
    { name: 'Status', cell: ({ conditions }: ComponentStatus) => conditions[0]?.type ?? '' },
    { name: 'Message', cell: ({ conditions }: ComponentStatus) => conditions[0]?.message ?? '' },
    { name: 'Error', cell: () => '' },
  ],
};

/** Differs: they are one process, and well whenever somebody gets an answer. */
const components: readonly ComponentStatus[] = ['controller-manager', 'scheduler', 'etcd-0'].map((name) => ({
  apiVersion: 'v1',
  kind: kind.kind,
  metadata: { name },
  conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
}));

function getComponent(call: ApiCall): ReturnType<ApiVerb> {
  const { name = '' } = call.target;
  const found = components.find(({ metadata }) => metadata.name === name);
  if (!found) throw notFound(kind, name);
  return { type: 'object', code: 200, object: representObject(call, found) };
}

function listComponents(call: ApiCall): ReturnType<ApiVerb> {
  const items = components.filter(parseSelection(call));
  return { type: 'object', code: 200, object: representList(call, items, { resourceVersion: '' }) };
}

/** The parts of the control plane, as `kubectl get cs` still lists them. */
export const componentStatuses = { kind, verbs: { get: getComponent, list: listComponents } };
