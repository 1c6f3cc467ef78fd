import { resourceOf, type ApiCall } from '../api-call.ts';
import { representList } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { parseSelection } from '../selection.ts';

/** Differs: `limit` and `continue` are not honoured; the whole list comes at once. */
export function listObjects(call: ApiCall): ApiResponse {
  const { store } = call.context;
  const selects = parseSelection(call);
  const items = store.list(resourceOf(call.kind), call.target.namespace).filter(selects);
  return { type: 'object', code: 200, object: representList(call, items, String(store.revision)) };
}
