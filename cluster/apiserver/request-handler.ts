import type { Readable } from 'node:stream';
import type { KubeObject } from '../objects/types.ts';

/** A request as the API server sees it, whether it came over HTTPS or from inside the process. */
export interface ApiRequest {
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Raw bytes from the wire, or an object already parsed from inside the process. Empty bytes: no body. */
  body: Uint8Array | object;
  /** Who asks: `system:…` for the cluster's own parts. */
  user: string;
  /** The user's groups; undefined for the cluster's own parts, which may do everything. */
  groups?: readonly string[];
  /** Aborts when the asker has gone. */
  signal: AbortSignal;
}

/** Whether one of the cluster's own parts asks, which are typed and trusted. */
export function isOwnPart({ user, groups }: ApiRequest): boolean {
  return !groups && user.startsWith('system:');
}

/** One line of a watch. The JSON is made on demand and shared by all watchers that want the same form. */
export interface WatchFrame {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
  /** The line as it travels, with the newline. */
  encoded(): Uint8Array;
  /** The same as a chunk of HTTP/1.1. */
  chunk(): Uint8Array;
}

export interface WatchSink {
  send(frame: WatchFrame): void;
  end(): void;
}

export type ApiResponse = { code: number; warnings?: readonly string[] } & (
  | { type: 'object'; object: object; contentType?: string }
  | { type: 'bytes'; bytes: Uint8Array; contentType: string }
  | { type: 'stream'; stream: Readable; headers: Record<string, string> }
  /** `start` sends at once what is already there, then what changes, until `stop` is called or the server ends it. */
  | { type: 'watch'; contentType: string; start: (sink: WatchSink) => { stop(): void } }
);

/** The API server's one entrance. Never throws: what goes wrong is a `Status` with its code. */
export type RequestHandler = (request: ApiRequest) => Promise<ApiResponse>;
