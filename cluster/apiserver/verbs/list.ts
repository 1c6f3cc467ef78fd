import { expired, resourceVersionTooLarge } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import { resourceOf, type ApiCall } from '../api-call.ts';
import { encodeContinue, NOW } from '../continue-token.ts';
import { parseListOptions, type ListOptions } from '../list-options.ts';
import { representList, type ListMeta } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { parseSelection } from '../selection.ts';

/** All that is selected, or a part of it: all parts of a list show the same version. */
export function listObjects(call: ApiCall): ApiResponse {
  const selects = parseSelection(call);
  const options = parseListOptions(call.request.query);
  const { objects, revision } = readVersion(call, options);
  const startKey = options.from?.startKey;
  const selected = objects.filter(selects);
  const rest = startKey ? selected.filter((object) => keyIn(call, object) >= startKey) : selected;
  const { limit = rest.length } = options;
  const [next] = rest.slice(limit, limit + 1);
  const metadata: ListMeta = {
    resourceVersion: String(revision),
    ...(next ? { continue: encodeContinue({ resourceVersion: revision, startKey: keyIn(call, next) }) } : {}),
    // Kubernetes counts keys, not what a selector would leave of them.
    ...(next && !isSelective(call) ? { remainingItemCount: rest.length - limit } : {}),
  };
  return { type: 'object', code: 200, object: representList(call, rest.slice(0, limit), metadata) };
}

/** @throws StatusError Expired or Timeout for a version that is forgotten, or not there yet */
function readVersion(call: ApiCall, { from, version }: ListOptions): { objects: KubeObject[]; revision: number } {
  const { store } = call.context;
  const { namespace } = call.target;
  const resource = resourceOf(call.kind);
  const wanted = from?.resourceVersion ?? version?.resourceVersion ?? NOW;
  if (wanted > store.revision) throw resourceVersionTooLarge(wanted, store.revision);
  if (wanted === NOW || version?.match === 'NotOlderThan') {
    return { objects: store.list(resource, namespace), revision: store.revision };
  }
  const objects = store.listAt(resource, namespace, wanted);
  if (objects) return { objects, revision: wanted };
  if (!from) throw expired('The resourceVersion for the provided list is too old.');
  throw expired(tooOld, encodeContinue({ resourceVersion: NOW, startKey: from.startKey }));
}

const tooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without ' +
  'the continue parameter, or use the continue token in this response to retrieve the remainder of the results. ' +
  'Continuing with the provided token results in an inconsistent list - objects that were created, modified, or ' +
  'deleted between the time the first chunk was returned and now may show up in the list.';

/** The order of a list, within its scope. */
function keyIn({ kind, target }: ApiCall, { metadata: { namespace, name = '' } }: KubeObject): string {
  return kind.namespaced && !target.namespace ? `${namespace}/${name}` : name;
}

function isSelective({ request: { query } }: ApiCall): boolean {
  return Boolean(query.get('labelSelector') ?? query.get('fieldSelector'));
}
