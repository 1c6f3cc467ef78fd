/** What a server says of a body that it cannot take for an object of the kind that the path is for. */
import { findByKind } from '../objects/kinds/index.ts';
import { notAnObject } from '../objects/go-json.ts';
import { badRequest, type StatusError } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';
import { apiVersionOf, packageOf } from './representation.ts';

export interface NamedKind {
  group: string;
  version: string;
  kind: string;
}

/** How much of a body is shown. */
const shownBytes = 30;
const versionAndKind = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;
const unreadable = "couldn't get version/kind; json parse error:";
/** Where Kubernetes registers its kinds, which it names to those who ask for another. */
const scheme = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30';

/** A body of which not even the kind can be made out. */
export function unrecognized({ kind }: NamedKind, problem: string, body: Uint8Array | object): StatusError {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(body)})`);
}

export function unreadableJson(problem: string): string {
  return `${unreadable} ${problem}`;
}

function summary(body: Uint8Array | object): string {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  if (bytes.length === 0) return '<empty>';
  const shown = bytes.subarray(0, shownBytes).toString(bytes[0] === 0x7b ? 'utf8' : 'hex');
  return bytes.length > shownBytes ? `${shown} ...` : shown;
}

/** Why version and kind cannot be read from a value, undefined when they can. */
export function versionProblem(value: unknown): string | undefined {
  const misfit = notAnObject(value, versionAndKind);
  if (misfit) return unreadableJson(misfit);
  const { apiVersion = '', ...rest } = (value ?? {}) as Record<string, unknown>;
  for (const [field, text] of Object.entries({ apiVersion, kind: rest['kind'] ?? '' })) {
    if (typeof text === 'string') continue;
    const given = Array.isArray(text) ? 'array' : typeof text === 'boolean' ? 'bool' : typeof text;
    return unreadableJson(`json: cannot unmarshal ${given} into Go struct field .${field} of type string`);
  }
  return String(apiVersion).split('/').length > 2
    ? `unexpected GroupVersion string: ${apiVersion as string}`
    : undefined;
}

/** The body is of another kind than the path is for, or of another version of it. */
export function wrongKind(expected: NamedKind, given: Pick<KubeObject, 'apiVersion' | 'kind'>): StatusError {
  const [version = '', group = ''] = given.apiVersion.split('/').toReversed();
  const isKnown = findByKind(group, version, given.kind) !== undefined;
  if (isKnown && group === expected.group && given.kind === expected.kind) {
    return badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersionOf(expected)})`,
    );
  }
  const why = kindProblem(expected, given);
  return badRequest(`${given.kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`);
}

/** Why an object that says what it is can be none of the expected kind; undefined if it can. */
export function kindProblem(expected: NamedKind, given: Pick<KubeObject, 'apiVersion' | 'kind'>): string | undefined {
  if (given.kind === expected.kind && given.apiVersion === apiVersionOf(expected)) return undefined;
  const [version = '', group = ''] = given.apiVersion.split('/').toReversed();
  return findByKind(group, version, given.kind)
    ? `converting (${version}.${given.kind}) to (${packageOf(expected.group)}.${expected.kind}): unknown conversion`
    : `no kind "${given.kind}" is registered for version "${given.apiVersion}" in scheme "${scheme}"`;
}
