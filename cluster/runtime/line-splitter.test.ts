import { describe, expect, it } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

function split(chunks: Buffer[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return lines;
}

describe('createLineSplitter', () => {
  it('gives whole lines however the bytes were cut', () => {
    const text = Buffer.from('ä first\n\nзвук\nlast without end');
    const expected = ['ä first', '', 'звук', 'last without end'];
    for (let size = 1; size < text.length; size++) {
      const chunks = [];
      for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size));
      expect(split(chunks)).toEqual(expected);
    }
  });

  it('cuts a line that never ends', () => {
    const lines = split([Buffer.from('x'.repeat(40_000)), Buffer.from('\nnext\n')]);
    expect(lines.map((line) => line.length)).toEqual([16_384, 16_384, 7232, 4]);
  });
});
