import { StringDecoder } from 'node:string_decoder';

/** Differs: a longer line is cut into several log lines; Kubernetes joins such pieces again when it prints them. */
const maxLineLength = 16 * 1024;

/** Cuts a stream of bytes into lines; a character that spans two chunks stays whole. */
export function createLineSplitter(emit: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';

  function take(text: string): void {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) emitBounded(line);
    while (rest.length > maxLineLength) {
      emit(rest.slice(0, maxLineLength));
      rest = rest.slice(maxLineLength);
    }
  }

  function emitBounded(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += maxLineLength) emit(line.slice(at, at + maxLineLength));
  }

  return {
    write: (chunk) => take(decoder.write(chunk)),
    end() {
      take(decoder.end());
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}
