import { resourceOf, type ApiCall } from '../api-call.ts';
import { deleteObject } from '../deletion.ts';
import { integerIn } from '../query-values.ts';
import { representList } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { parseSelection } from '../selection.ts';
import { readDeleteOptions } from './delete.ts';

export function removeCollection(call: ApiCall): ApiResponse {
  const { store } = call.context;
  const selects = parseSelection(call);
  const options = readDeleteOptions(call);
  const limit = integerIn(call.request.query, 'limit') ?? 0;
  const items = store.list(resourceOf(call.kind), call.target.namespace).filter(selects);
  // Whoever sets a limit deletes in parts, and asks again.
  const part = limit > 0 ? items.slice(0, limit) : items;
  const deleted = part.map((item) => deleteObject(call, item, options).object);
  const metadata = { resourceVersion: String(store.revision) };
  return { type: 'object', code: 200, object: representList(call, deleted, metadata) };
}
