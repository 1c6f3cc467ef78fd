import { expired, resourceVersionTooLarge } from '../../objects/status-error.ts';
import type { KubeObject } from '../../objects/types.ts';
import type { StoreEvent } from '../../store/store.ts';
import { resourceOf, type ApiCall } from '../api-call.ts';
import { checkWatchOptions, versionIn } from '../list-options.ts';
import { booleanIn, integerIn } from '../query-values.ts';
import { apiVersionOf, includeObjectOf, representationOf, servedAs, toPartial } from '../representation.ts';
import type { ApiResponse, WatchFrame, WatchSink } from '../request-handler.ts';
import { parseSelection, type Selection } from '../selection.ts';
import { toTable } from '../tables.ts';
import { toFrame } from '../watch-frames.ts';

const bookmarkEveryMs = 60_000;
const longestWatchMs = 60 * 60_000;

/** Sends what is there when asked to start from nothing or from 0, else what changed since, then every change. */
export function watchObjects(call: ApiCall): ApiResponse {
  const { query } = call.request;
  checkWatchOptions(query);
  const selects = parseSelection(call);
  const since = versionIn(query);
  const sendInitialEvents = booleanIn(query, 'sendInitialEvents');
  const { revision } = call.context.store;
  if (sendInitialEvents && since > revision) throw resourceVersionTooLarge(since, revision);
  const frameOf = createFraming(call);
  const timeoutSeconds = integerIn(query, 'timeoutSeconds') ?? 0;
  const lastsMs = timeoutSeconds > 0 ? timeoutSeconds * 1000 : longestWatchMs;
  return {
    type: 'watch',
    code: 200,
    contentType: 'application/json',
    start(sink) {
      const { store } = call.context;
      const from = since === 0 || sendInitialEvents ? store.revision : since;
      if (from !== since || since === 0) {
        for (const object of store.list(resourceOf(call.kind), call.target.namespace)) {
          if (selects(object)) sink.send(frameOf('ADDED', object));
        }
      }
      if (sendInitialEvents) sink.send(bookmark(call, { 'k8s.io/initial-events-end': 'true' }));
      return follow(call, sink, { since: from, lastsMs }, (event) => {
        const change = changeFor(selects, event);
        if (change) sink.send(frameOf(change.type, change.object));
      });
    },
  };
}

function follow(
  call: ApiCall,
  sink: WatchSink,
  { since, lastsMs }: { since: number; lastsMs: number },
  onEvent: (event: StoreEvent) => void,
): { stop(): void } {
  const { store, clock, signal } = call.context;
  // A version that is still to come is waited for: what happens until then, the client has seen elsewhere.
  const unsubscribe = store.watch(resourceOf(call.kind), Math.min(since, store.revision), (event) => {
    if (event.revision > since) onEvent(event);
  });
  if (!unsubscribe) {
    const { status } = expired(`too old resource version: ${since} (${store.revision})`);
    sink.send(toFrame('ERROR', status));
    sink.end();
    return { stop() {} };
  }
  const stop = () => {
    unsubscribe();
    timeout.cancel();
    bookmarks.cancel();
    signal.removeEventListener('abort', end);
  };
  const end = () => {
    stop();
    sink.end();
  };
  const timeout = clock.setTimeout(end, lastsMs);
  const wantsBookmarks = booleanIn(call.request.query, 'allowWatchBookmarks');
  let bookmarks = { cancel() {} };
  const scheduleBookmark = () => {
    bookmarks = clock.setTimeout(() => {
      sink.send(bookmark(call));
      scheduleBookmark();
    }, bookmarkEveryMs);
  };
  if (wantsBookmarks) scheduleBookmark();
  signal.addEventListener('abort', end, { once: true });
  return { stop };
}

/** What an event means to a watcher with a selection: an object that enters it is added, one that leaves is deleted. */
export function changeFor(
  selects: Selection,
  { type, object, old }: StoreEvent,
): { type: StoreEvent['type']; object: KubeObject } | undefined {
  const isIn = type !== 'DELETED' && selects(object);
  const wasIn = old !== undefined && selects(old);
  if (isIn) return { type: wasIn ? 'MODIFIED' : 'ADDED', object };
  if (!wasIn) return undefined;
  if (type === 'DELETED') return { type, object };
  const { resourceVersion } = object.metadata;
  return { type: 'DELETED', object: { ...old, metadata: { ...old.metadata, resourceVersion } } };
}

function createFraming(call: ApiCall): (type: WatchFrame['type'], object: KubeObject) => WatchFrame {
  const { clock, frames } = call.context;
  switch (representationOf(call, true)) {
    case 'plain':
      if (call.kind.conversion) return (type, object) => toFrame(type, servedAs(call.kind, object));
      return frames.plain;
    case 'metadata':
    case 'metadata-list':
      return (type, object) => toFrame(type, toPartial(object));
    case 'table': {
      let withoutColumns = false;
      return (type, object) => {
        const { resourceVersion } = object.metadata;
        const table = toTable(call.kind, [object], {
          nowMs: clock.now(),
          includeObject: includeObjectOf(call),
          metadata: { resourceVersion },
          withoutColumns,
        });
        withoutColumns = true;
        return toFrame(type, table);
      };
    }
  }
}

function bookmark({ context, kind }: ApiCall, annotations?: Record<string, string>): WatchFrame {
  return toFrame('BOOKMARK', {
    kind: kind.kind,
    apiVersion: apiVersionOf(kind),
    metadata: { resourceVersion: String(context.store.revision), ...(annotations ? { annotations } : {}) },
  });
}
