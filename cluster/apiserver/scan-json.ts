/** What a JSON text says that its parsed value does not: how deep it nests, and which fields stand in it twice. */
export interface JsonScan {
  depth: number;
  /** Paths as messages name them: `spec.containers[0].image`. */
  duplicates: string[];
}

/** A map or list that is still open: where it is, and what was in it. */
interface Level {
  path: string;
  /** Undefined for a list. */
  keys: Set<string> | undefined;
  index: number;
  /** The key whose value comes next. */
  key: string;
}

const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]/gs;
/** More than these help nobody. */
const maxDuplicates = 10;

/** Reads a JSON text by its brackets and strings; whether it is JSON is the parser's to say. */
export function scanJson(text: string): JsonScan {
  const scan: JsonScan = { depth: 0, duplicates: [] };
  const open: Level[] = [];
  let lastText = '';
  for (const [found] of text.matchAll(token)) {
    const level = open.at(-1);
    if (found === '{' || found === '[') {
      open.push({
        path: level ? childPath(level) : '',
        keys: found === '{' ? new Set() : undefined,
        index: 0,
        key: '',
      });
      scan.depth = Math.max(scan.depth, open.length);
    } else if (found === '}' || found === ']') open.pop();
    else if (found === ',' && level) level.index++;
    else if (found === ':' && level?.keys) {
      level.key = unquoted(lastText);
      if (level.keys.has(level.key) && scan.duplicates.length < maxDuplicates) scan.duplicates.push(childPath(level));
      level.keys.add(level.key);
    } else lastText = found;
  }
  return scan;
}

/** How many brackets of a text are open at once, at most. */
export function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [found] of text.matchAll(/[[\]{}]/g)) {
    depth = found === '[' || found === '{' ? depth + 1 : Math.max(0, depth - 1);
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function childPath({ path, keys, index, key }: Level): string {
  if (!keys) return `${path}[${index}]`;
  return path ? `${path}.${key}` : key;
}

function unquoted(text: string): string {
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
}
