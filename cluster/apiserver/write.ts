import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { toTimestamp } from '../../lib/clock.ts';
import { invalidValue } from '../objects/kinds/field-error.ts';
import { generateSuffix } from '../objects/names.ts';
import { trackUpdate } from '../objects/patch/managed-fields.ts';
import { QuantityError } from '../objects/quantity.ts';
import { alreadyExists, badRequest, conflict, invalid } from '../objects/status-error.ts';
import type { KubeObject, ObjectMeta } from '../objects/types.ts';
import { admit, mutate } from './admission/index.ts';
import { findLive, resourceOf, type ApiCall } from './api-call.ts';

const maxNameAttempts = 8;

export function isDryRun({ request }: ApiCall): boolean {
  return request.query.getAll('dryRun').includes('All');
}

/** `tracked`: the caller has settled who owns which field; otherwise what changes belongs to the request's manager. */
export interface WriteOptions {
  tracked?: boolean;
}

/** The name that goes into `managedFields`: the one that the request gives, or that of the program. */
export function fieldManagerOf({ request }: ApiCall): string {
  const given = request.query.get('fieldManager') ?? request.headers['user-agent'] ?? request.user;
  return given.split('/')[0]?.replace(/^system:/, '') || 'unknown';
}

/**
 * Stores a new object: names it, fills in what the server fills in, admits and validates it.
 * @returns the object as stored, or as it would be for a dry run
 */
export function createObject(call: ApiCall, object: KubeObject, options: WriteOptions = {}): KubeObject {
  const { context, kind } = call;
  checkNamespace(call, object);
  if (object.metadata.resourceVersion) {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  setNewMetadata(call, object);
  if (hasStatus(call) && !kind.startsWithStatus) delete object.status;
  prepare(call, object);
  if (!options.tracked) track(call, undefined, object);

  if (isDryRun(call)) {
    if (liveNamesake(call, object)) throw alreadyExists(kind, object.metadata.name ?? '');
    return object;
  }
  const stored = context.store.put(resourceOf(kind), object, undefined);
  if (!stored) throw alreadyExists(kind, object.metadata.name ?? '');
  return stored;
}

/**
 * Replaces `live` by `incoming`, or the part of it that the call's subresource covers. A write that changes
 * nothing keeps the version. An object that only waited for its finalizers goes with the last one.
 * @throws StatusError Conflict when `incoming` was made from an older version
 */
export function updateObject(
  call: ApiCall,
  live: KubeObject,
  incoming: KubeObject,
  options: WriteOptions = {},
): KubeObject {
  const { context, kind } = call;
  checkName(call, incoming);
  checkVersion(call, live, incoming.metadata);
  const next = mergeWithLive(call, live, incoming);
  if (call.covers !== 'status') prepare(call, next, live);
  if (kind.hasGeneration && !isDeepStrictEqual(desired(next), desired(live))) {
    next.metadata.generation = (live.metadata.generation ?? 0) + 1;
  }
  next.metadata.managedFields ??= structuredClone(live.metadata.managedFields);
  if (next.metadata.managedFields === undefined) delete next.metadata.managedFields;
  if (isDeepStrictEqual(next, live)) return live;
  if (!options.tracked) track(call, live, next);
  if (isDryRun(call)) return next;

  const { resourceVersion = '' } = live.metadata;
  const { store } = context;
  const stored = isReleased(call, next)
    ? store.delete(resourceOf(kind), next, resourceVersion)
    : store.put(resourceOf(kind), next, resourceVersion);
  if (!stored) throw conflict(kind, live.metadata.name ?? '');
  return stored;
}

/** What a generation counts changes of: the spec, or all that an EndpointSlice says. */
function desired(object: KubeObject): unknown {
  if ('spec' in object) return object.spec;
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}

function track(call: ApiCall, live: KubeObject | undefined, next: KubeObject): void {
  const { subresource } = call.target;
  const writer = { manager: fieldManagerOf(call), ...(subresource ? { subresource } : {}) };
  trackUpdate(live, next, writer, call.context.clock.now());
}

/** @throws StatusError BadRequest for quantities that are none, which a real server meets when it decodes the body */
function prepare(call: ApiCall, object: KubeObject, old?: KubeObject): void {
  const { kind, version } = call.kind;
  try {
    admitAndValidate(call, object, old);
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
  }
}

function admitAndValidate({ kind, context }: ApiCall, object: KubeObject, old: KubeObject | undefined): void {
  const review = { kind, object, store: context.store, random: context.random, ...(old ? { old } : {}) };
  mutate(review);
  kind.defaults?.(object);
  const errors = [...finalizerErrors(object, old), ...(kind.validate?.(object, old) ?? [])];
  if (errors.length > 0) throw invalid(kind, object.metadata.name ?? '', errors);
  admit(review);
}

function setNewMetadata(call: ApiCall, object: KubeObject): void {
  const { context, kind, target } = call;
  const { metadata } = object;
  if (kind.namespaced) metadata.namespace = target.namespace;
  else delete metadata.namespace;
  for (let attempt = 0; !metadata.name && metadata.generateName && attempt < maxNameAttempts; attempt++) {
    const name = `${metadata.generateName}${generateSuffix(context.random)}`;
    if (!context.store.get(resourceOf(kind), metadata.namespace, name)) metadata.name = name;
  }
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.resourceVersion;
  delete metadata.generation;
  delete metadata.selfLink;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = toTimestamp(context.clock.now());
  if (kind.hasGeneration) metadata.generation = 1;
  const { user, groups = [] } = call.request;
  kind.prepareForCreate?.(object, { name: user, groups });
}

/** What the server owns stays as it is, whatever the client sends. */
function mergeWithLive(call: ApiCall, live: KubeObject, incoming: KubeObject): KubeObject {
  if (call.covers === 'status') return { ...live, metadata: { ...live.metadata }, status: incoming.status };
  if (call.covers === 'finalizers') {
    const finalizers = (incoming.spec as { finalizers?: string[] } | undefined)?.finalizers ?? [];
    const { finalizers: _gone, ...spec } = live.spec as { finalizers?: string[] };
    return { ...structuredClone(live), spec: finalizers.length > 0 ? { ...spec, finalizers } : spec };
  }
  const metadata = { ...incoming.metadata, ...serverMetadata(live.metadata) };
  for (const key of serverOwned) if (live.metadata[key] === undefined) delete metadata[key];
  const next: KubeObject = { ...incoming, metadata };
  if (hasStatus(call)) {
    delete next.status;
    if (live.status !== undefined) next.status = structuredClone(live.status);
  }
  call.kind.prepareForUpdate?.(next, live);
  return next;
}

const serverOwned = [
  'name',
  'namespace',
  'generateName',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
] as const satisfies (keyof ObjectMeta)[];

function serverMetadata(live: ObjectMeta): ObjectMeta {
  return Object.fromEntries(serverOwned.filter((key) => live[key] !== undefined).map((key) => [key, live[key]]));
}

function hasStatus({ kind }: ApiCall): boolean {
  return kind.subresources?.includes('status') ?? false;
}

/** True for an object that was only kept for finalizers, and has none any more. */
function isReleased({ kind }: ApiCall, object: KubeObject): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  if (!deletionTimestamp || finalizers?.length || deletionGracePeriodSeconds) return false;
  return !kind.deletion?.isHeld?.(object);
}

function finalizerErrors(
  { metadata }: KubeObject,
  old: KubeObject | undefined,
): ReturnType<NonNullable<ApiCall['kind']['validate']>> {
  if (!old?.metadata.deletionTimestamp) return [];
  const added = (metadata.finalizers ?? []).filter((finalizer) => !old.metadata.finalizers?.includes(finalizer));
  if (added.length === 0) return [];
  const message = `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers ${JSON.stringify(added)}`;
  return [{ reason: 'FieldValueForbidden', field: 'metadata.finalizers', message }];
}

function checkNamespace({ kind, target }: ApiCall, { metadata }: KubeObject): void {
  if (kind.namespaced && !target.namespace) throw badRequest('an empty namespace may not be set during creation');
  if (kind.namespaced && metadata.namespace && metadata.namespace !== target.namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
}

/** @throws StatusError BadRequest for an object that is not the one that the path names */
export function checkName({ kind, target }: ApiCall, { metadata }: KubeObject): void {
  const { name = '', namespace } = metadata;
  if (kind.namespaced && namespace && namespace !== target.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the request (${target.namespace})`,
    );
  }
  if (!name) {
    const url = `${target.name} based on URL`;
    throw badRequest(`the name of the object (${url}) was undeterminable: name must be provided`);
  }
  if (name !== target.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${target.name})`);
  }
}

function checkVersion({ kind, request }: ApiCall, live: KubeObject, { resourceVersion, uid }: ObjectMeta): void {
  const { name = '' } = live.metadata;
  if (!resourceVersion && kind.needsVersion && request.method === 'PUT') {
    const rule = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ group: kind.group, kind: kind.resource }, name, [rule]);
  }
  if (uid && uid !== live.metadata.uid && request.method === 'PATCH') {
    throw invalid(kind, name, [invalidValue('metadata.uid', uid, 'field is immutable')]);
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) throw conflict(kind, name);
  if (uid && uid !== live.metadata.uid) {
    throw conflict(
      kind,
      name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`,
    );
  }
}

function liveNamesake(call: ApiCall, { metadata }: KubeObject): KubeObject | undefined {
  return findLive({ ...call, target: { ...call.target, name: metadata.name } });
}
