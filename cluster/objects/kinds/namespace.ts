import { dnsLabelProblems } from '../names.ts';
import type { Namespace } from '../types.ts';
import { ageColumn, nameColumn } from './columns.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

const NAME_LABEL = 'kubernetes.io/metadata.name';
const PERMANENT = ['default', 'kube-system', 'kube-public'];

export const namespace: KindDefinition<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  resource: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: ['status'],
  prepareForCreate(object) {
    // The namespace controller takes this finalizer away when the namespace is empty.
    object.spec = { finalizers: ['kubernetes'] };
  },
  prepareForUpdate(object, live) {
    object.spec = structuredClone(live.spec);
  },
  deletion: {
    refusal: ({ metadata }) =>
      PERMANENT.includes(metadata.name ?? '') ? 'this namespace may not be deleted' : undefined,
    isHeld: ({ spec }) => Boolean(spec?.finalizers?.length),
    mark(object) {
      object.status = { ...object.status, phase: 'Terminating' };
    },
  },
  defaults(object) {
    const { metadata } = object;
    if (metadata.name) metadata.labels = { ...metadata.labels, [NAME_LABEL]: metadata.name };
    object.status ??= {};
    object.status.phase ??= 'Active';
  },
  validate: (object) => validateMetadata(object, dnsLabelProblems),
  columns: [nameColumn, { name: 'Status', cell: ({ status }) => status?.phase ?? '' }, ageColumn],
  selectableFields: {
    name: ({ metadata }) => metadata.name ?? '',
    'status.phase': ({ status }) => status?.phase ?? '',
  },
};
