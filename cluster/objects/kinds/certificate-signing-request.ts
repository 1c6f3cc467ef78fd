import { humanDuration } from '../duration.ts';
import { pathSegmentProblems } from '../names.ts';
import type { CertificateSigningRequest } from '../types.ts';
import { ageColumn, nameColumn, orNone } from './columns.ts';
import { invalidValue, requiredValue } from './field-error.ts';
import type { KindDefinition } from './kind.ts';
import { validateMetadata } from './metadata-validation.ts';

/** Differs: it can be approved and denied, but no certificate is ever issued, and what the request says is not looked at. */
export const certificateSigningRequest: KindDefinition<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  resource: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  subresources: ['status'],
  prepareForCreate(object, asker) {
    object.spec = { ...object.spec, username: asker.name, groups: [...asker.groups] };
  },
  prepareForUpdate(object, live) {
    object.spec = structuredClone(live.spec);
  },
  defaults(object) {
    object.status ??= {};
  },
  validate(object) {
    const { request, signerName, usages } = object.spec as Partial<CertificateSigningRequest['spec']>;
    const errors = validateMetadata(object, pathSegmentProblems);
    if (!request) errors.push(requiredValue('spec.request'));
    else if (!Buffer.from(request, 'base64').includes('-----BEGIN CERTIFICATE REQUEST-----')) {
      errors.push(invalidValue('spec.request', request, 'PEM block type must be CERTIFICATE REQUEST'));
    }
    if (!usages?.length) errors.push(requiredValue('spec.usages'));
    if (!signerName) errors.push(requiredValue('spec.signerName'));
    return errors;
  },
  columns: [
    nameColumn,
    ageColumn,
    { name: 'SignerName', cell: ({ spec }) => orNone(spec.signerName) },
    { name: 'Requestor', cell: ({ spec }) => spec.username ?? '' },
    {
      name: 'RequestedDuration',
      cell: ({ spec: { expirationSeconds } }) =>
        expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
    },
    { name: 'Condition', cell: conditionText },
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
};

function conditionText({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const decision = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  return [decision, ...(types.includes('Failed') ? ['Failed'] : []), ...(status?.certificate ? ['Issued'] : [])].join();
}
