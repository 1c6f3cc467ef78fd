import type { FieldProblems } from '../objects/openapi/field-problems.ts';
import { placeText } from '../objects/patch/place-text.ts';
import { plainError } from '../objects/status-error.ts';
import type { KubeObject } from '../objects/types.ts';

/**
 * Server-side apply holds an object against the schema of its kind, and does not let unknown fields pass.
 * @throws StatusError without a reason, as the real server does not foresee it
 */
export function refuseUntyped(object: KubeObject, { unknown, misfits }: FieldProblems): void {
  const { apiVersion, kind, metadata } = object;
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const type = `${group}/${version}, Kind=${kind}`;
  const named = `${metadata.namespace ?? ''}/${metadata.name ?? ''}; ${type}`;
  const lines = unknown.map(({ place }) => `${placeText(object, place)}: field not declared in schema`);
  for (const { place, typing } of misfits) if (typing) lines.push(`${placeText(object, place)}: ${typing}`);
  if (lines.length > 0) {
    const problems = lines.length === 1 ? lines[0] : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n');
    throw plainError(`failed to create typed patch object (${named}): ${problems}`);
  }
  const [misfit] = misfits;
  if (!misfit) return;
  throw plainError(
    `failed to convert new object (${named}) to proper version (${apiVersion}): unable to convert unstructured object to ${type}: ${misfit.converting}`,
  );
}
