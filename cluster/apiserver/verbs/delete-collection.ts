import { resourceOf, type ApiCall } from '../api-call.ts';
import { deleteObject } from '../deletion.ts';
import { representList } from '../representation.ts';
import type { ApiResponse } from '../request-handler.ts';
import { parseSelection } from '../selection.ts';
import { readDeleteOptions } from './delete.ts';

export function removeCollection(call: ApiCall): ApiResponse {
  const { store } = call.context;
  const selects = parseSelection(call);
  const options = readDeleteOptions(call);
  const items = store.list(resourceOf(call.kind), call.target.namespace).filter(selects);
  const deleted = items.map((item) => deleteObject(call, item, options).object);
  const metadata = { resourceVersion: String(store.revision) };
  return { type: 'object', code: 200, object: representList(call, deleted, metadata) };
}
