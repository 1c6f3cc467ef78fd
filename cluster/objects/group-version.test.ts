import { expect, it } from 'vitest';
import { parseGroupVersion } from './group-version.ts';

it.for([
  ['v1', '', 'v1'],
  ['apps/v1', 'apps', 'v1'],
  ['metrics.k8s.io/v1beta1', 'metrics.k8s.io', 'v1beta1'],
])('%s is of the group "%s", version %s', ([apiVersion = '', group, version]) => {
  expect(parseGroupVersion(apiVersion)).toEqual({ group, version });
});
