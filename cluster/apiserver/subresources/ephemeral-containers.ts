import { duplicateValue, forbiddenField, requiredValue } from '../../objects/kinds/field-error.ts';
import type { FieldError } from '../../objects/kinds/kind.ts';
import { canonicalJson } from '../../objects/hash.ts';
import { conflict, invalid } from '../../objects/status-error.ts';
import type { KubeObject, Pod } from '../../objects/types.ts';
import { resourceOf, type ApiCall } from '../api-call.ts';
import { readObject } from '../body.ts';
import type { ApiResponse } from '../request-handler.ts';
import { requireLive } from '../verbs/get.ts';
import { patchObject } from '../verbs/patch.ts';
import { isDryRun } from '../write.ts';

type EphemeralContainer = NonNullable<NonNullable<Pod['spec']>['ephemeralContainers']>[number];

const field = 'spec.ephemeralContainers';

/** `kubectl debug` adds a container to a pod that runs: by a patch of this part of it. */
export function patchEphemeralContainers(call: ApiCall): ApiResponse {
  const live = requireLive(call) as Pod;
  return setContainers(call, live, patchObject(call, live));
}

export function updateEphemeralContainers(call: ApiCall): ApiResponse {
  return setContainers(call, requireLive(call) as Pod, readObject(call));
}

/** Of the pod that is sent only the ephemeral containers count; they can be added and never changed. */
function setContainers(call: ApiCall, live: Pod, sent: KubeObject): ApiResponse {
  const { name = '', resourceVersion = '', generation = 0 } = live.metadata;
  if (sent.metadata.resourceVersion && sent.metadata.resourceVersion !== resourceVersion)
    throw conflict(call.kind, name);
  const wanted = (sent as Pod).spec?.ephemeralContainers ?? [];
  const next = structuredClone(live);
  next.spec = { ...(next.spec ?? { containers: [] }), ephemeralContainers: structuredClone(wanted) };
  call.kind.defaults?.(next);
  next.metadata.generation = generation + 1;
  const errors = validate(live, next.spec.ephemeralContainers ?? []);
  if (errors.length > 0) throw invalid(call.kind, name, errors);
  const { store } = call.context;
  const stored = isDryRun(call) ? next : store.put(resourceOf(call.kind), next, resourceVersion);
  if (!stored) throw conflict(call.kind, name);
  return { type: 'object', code: 200, object: stored };
}

function validate({ spec }: Pod, containers: readonly EphemeralContainer[]): FieldError[] {
  const before = spec?.ephemeralContainers ?? [];
  const names = (spec?.containers ?? []).map(({ name }) => name);
  const taken = new Set([...names, ...(spec?.initContainers ?? []).map(({ name }) => name)]);
  const errors: FieldError[] = [];
  for (const old of before) {
    const same = containers.find(({ name }) => name === old.name);
    const problem = same ? 'may not be changed' : 'may not be removed';
    if (canonicalJson(same) !== canonicalJson(old)) {
      errors.push(forbiddenField(field, `existing ephemeral containers "${old.name}" ${problem}\n`));
    }
  }
  for (const [index, { name, image, targetContainerName }] of containers.entries()) {
    const at = `${field}[${index}]`;
    if (!name) errors.push(requiredValue(`${at}.name`));
    else if (taken.has(name)) errors.push(duplicateValue(`${at}.name`, name));
    taken.add(name);
    if (!image) errors.push(requiredValue(`${at}.image`));
    if (targetContainerName && !names.includes(targetContainerName)) {
      errors.push({
        reason: 'FieldValueNotFound',
        field: `${at}.targetContainerName`,
        message: `Not found: ${JSON.stringify(targetContainerName)}`,
      });
    }
  }
  return errors;
}
