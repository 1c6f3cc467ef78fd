import type { Verb } from '../../objects/kinds/kind.ts';
import type { Target } from '../target.ts';

/** What somebody wants to do with a resource. */
export interface ResourceAttributes {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** What somebody wants to do with a path that is no resource: discovery, health, versions. */
export interface PathAttributes {
  verb: string;
  path: string;
}

export type Attributes = ResourceAttributes | PathAttributes;

/** What a request for a resource asks for. A namespace lies in itself; a list of one name is about that name. */
export function attributesOf(target: Target, verb: Verb, query: URLSearchParams): ResourceAttributes {
  const { group, resource, subresource } = target;
  const name = target.name ?? /(?:^|,)metadata\.name==?([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
  const namespace = resource === 'namespaces' && group === '' ? target.name : target.namespace;
  return {
    verb,
    group,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
  };
}
