/** What Go's decoder says of a text that is no JSON, which kubectl and the server print as it is. */

interface Scan {
  text: string;
  at: number;
}

/** @returns undefined for a text that is JSON */
export function jsonSyntaxProblem(text: string): string | undefined {
  const scan = { text, at: 0 };
  try {
    readValue(scan, 'looking for beginning of value');
    skipSpace(scan);
    if (scan.at < text.length) refuse(scan, 'after top-level value');
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** @throws SyntaxError that names the letter at hand, or says that there is none */
function refuse({ text, at }: Scan, place: string): never {
  const letter = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const shown = letter === "'" ? String.raw`\'` : letter === '"' ? letter : JSON.stringify(letter).slice(1, -1);
  throw new SyntaxError(at < text.length ? `invalid character '${shown}' ${place}` : 'unexpected end of JSON input');
}

function skipSpace(scan: Scan): void {
  while (' \t\r\n'.includes(scan.text[scan.at] ?? 'x')) scan.at++;
}

function readValue(scan: Scan, place: string): void {
  skipSpace(scan);
  const first = scan.text[scan.at] ?? '';
  if (first === '{') readMembers(scan, '}', readPair, 'after object key:value pair');
  else if (first === '[')
    readMembers(scan, ']', (inner) => readValue(inner, 'looking for beginning of value'), 'after array element');
  else if (first === '"') readText(scan);
  else if (/[-\d]/.test(first)) readNumber(scan);
  else readLiteral(scan, place);
}

/** What stands between brackets, with commas. */
function readMembers(scan: Scan, end: string, read: (scan: Scan, isFirst: boolean) => void, place: string): void {
  scan.at++;
  skipSpace(scan);
  if (scan.text[scan.at] === end) {
    scan.at++;
    return;
  }
  for (let isFirst = true; ; isFirst = false) {
    read(scan, isFirst);
    skipSpace(scan);
    const next = scan.text[scan.at];
    if (next !== ',' && next !== end) refuse(scan, place);
    scan.at++;
    if (next === end) return;
  }
}

function readPair(scan: Scan): void {
  skipSpace(scan);
  if (scan.text[scan.at] !== '"') refuse(scan, 'looking for beginning of object key string');
  readText(scan);
  skipSpace(scan);
  if (scan.text[scan.at] !== ':') refuse(scan, 'after object key');
  scan.at++;
  readValue(scan, 'looking for beginning of value');
}

function readText(scan: Scan): void {
  const { text } = scan;
  for (scan.at++; text[scan.at] !== '"'; scan.at++) {
    if (!((text[scan.at] ?? '') >= ' ')) refuse(scan, 'in string literal');
    if (text[scan.at] !== '\\') continue;
    scan.at++;
    if (!'"\\/bfnrtu'.includes(text[scan.at] ?? 'x')) refuse(scan, 'in string escape code');
    if (text[scan.at] !== 'u') continue;
    for (let digit = 0; digit < 4; digit++) {
      scan.at++;
      if (!/[\da-f]/i.test(text[scan.at] ?? 'x')) refuse(scan, String.raw`in \u hexadecimal character escape`);
    }
  }
  scan.at++;
}

function readNumber(scan: Scan): void {
  if (scan.text[scan.at] === '-') scan.at++;
  if (scan.text[scan.at] === '0') scan.at++;
  else readDigits(scan, 'in numeric literal');
  if (scan.text[scan.at] === '.') {
    scan.at++;
    readDigits(scan, 'after decimal point in numeric literal');
  }
  if (!/[eE]/.test(scan.text[scan.at] ?? '')) return;
  scan.at++;
  if (/[-+]/.test(scan.text[scan.at] ?? '')) scan.at++;
  readDigits(scan, 'in exponent of numeric literal');
}

function readDigits(scan: Scan, place: string): void {
  if (!/\d/.test(scan.text[scan.at] ?? '')) refuse(scan, place);
  while (/\d/.test(scan.text[scan.at] ?? '')) scan.at++;
}

function readLiteral(scan: Scan, place: string): void {
  const literal = ['true', 'false', 'null'].find((word) => word[0] === scan.text[scan.at]);
  if (!literal) refuse(scan, place);
  for (const letter of literal) {
    if (scan.text[scan.at] !== letter) refuse(scan, `in literal ${literal} (expecting '${letter}')`);
    scan.at++;
  }
}
