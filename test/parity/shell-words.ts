/**
 * Splits a recorded command line into words as a shell does: quotes group, and quotes inside a bare word are dropped
 * unless the word is JSON that was recorded without its quoting.
 * @throws Error when a quote is never closed
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /\s*((?:'[^']*'|[^\s'])+)/gy;
  let end = 0;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    words.push(unquoted(match[1]!));
    end = pattern.lastIndex;
  }
  if (line.slice(end).trim() !== '') throw new Error(`unbalanced quote in: ${line}`);
  return words;
}

function unquoted(word: string): string {
  if (word.startsWith('{')) return word;
  return word.replaceAll(/'([^']*)'/g, '$1');
}
