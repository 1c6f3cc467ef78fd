/** What Go's decoder says of a text that is to be a JSON object; undefined when it is one. */
export function jsonObjectProblem(text: string): string | undefined {
  const begin = text.trimStart();
  if (begin === '') return 'unexpected end of JSON input';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return syntaxProblem(begin, (error as Error).message);
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  const given = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${given} into Go value of type map[string]interface {}`;
}

/** Most often the text is no JSON from its first letter, so only that is told as exactly as Go does. */
function syntaxProblem(text: string, message: string): string {
  const literal = ['true', 'false', 'null'].find((word) => word[0] === text[0]);
  if (literal) {
    const place = Array.from(literal).findIndex((letter, index) => text[index] !== letter);
    if (place > 0 && place < text.length) {
      return `invalid character '${text[place]}' in literal ${literal} (expecting '${literal[place]}')`;
    }
  } else if (!/^[-{["\d]/.test(text)) return `invalid character '${text[0]}' looking for beginning of value`;
  const bad = /^Unexpected token '(.)'|^Expected .* in JSON at position (\d+)/.exec(message);
  const character = bad?.[1] ?? (bad?.[2] === undefined ? undefined : text[Number(bad[2])]);
  return character ? `invalid character '${character}' looking for beginning of value` : 'unexpected end of JSON input';
}
