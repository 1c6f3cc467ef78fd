import type { KubeObject } from '../objects/types.ts';
import type { WatchFrame } from './request-handler.ts';

/** Makes the lines of watches. A change is encoded once, however many watch it. */
export interface WatchFrames {
  /** The object as it is; the frame is remembered as long as the object lives. */
  plain: (type: WatchFrame['type'], object: KubeObject) => WatchFrame;
}

export function createWatchFrames(): WatchFrames {
  const remembered = new WeakMap<KubeObject, WatchFrame[]>();
  return {
    plain(type, object) {
      const frames = remembered.get(object) ?? [];
      const known = frames.find((frame) => frame.type === type);
      if (known) return known;
      const frame = toFrame(type, object);
      remembered.set(object, [...frames, frame]);
      return frame;
    },
  };
}

/** A frame for one watcher only, such as a row of a table. */
export function toFrame(type: WatchFrame['type'], object: object): WatchFrame {
  let made: { line: Buffer; chunk: Buffer } | undefined;
  const make = () => (made ??= toChunk(Buffer.from(`${JSON.stringify({ type, object })}\n`)));
  return { type, object: object as KubeObject, encoded: () => make().line, chunk: () => make().chunk };
}

const lineEnd = Buffer.from('\r\n');

function toChunk(line: Buffer): { line: Buffer; chunk: Buffer } {
  const head = Buffer.from(`${line.length.toString(16)}\r\n`);
  const chunk = Buffer.concat([head, line, lineEnd]);
  return { chunk, line: chunk.subarray(head.length, head.length + line.length) };
}
