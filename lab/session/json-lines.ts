import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the lines of a file say, one value each; those that are cut are passed over. A file that is missing has none. */
export async function* jsonLines(path: string): AsyncGenerator<unknown> {
  try {
    for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const value = parseLine(line);
      if (value !== undefined) yield value;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
