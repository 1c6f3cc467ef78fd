import { expect, it } from 'vitest';
import { jsonObjectProblem } from './go-json.ts';

it.each([
  ['', 'unexpected end of JSON input'],
  ['{', 'unexpected end of JSON input'],
  ['{"a":1', 'unexpected end of JSON input'],
  ['foo', "invalid character 'o' in literal false (expecting 'a')"],
  ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
  ['kind: Pod', "invalid character 'k' looking for beginning of value"],
  ["{'a':1}", String.raw`invalid character '\'' looking for beginning of object key string`],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['{"a":[1 2]}', "invalid character '2' after array element"],
  ['{"a":[1,]}', "invalid character ']' looking for beginning of value"],
  ['{"a":"x\ny"}', String.raw`invalid character '\n' in string literal`],
  [String.raw`{"a":"\q"}`, "invalid character 'q' in string escape code"],
  [String.raw`{"a":"\u00g0"}`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
  ['{"a":-}', "invalid character '}' in numeric literal"],
  ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
  ['{"a":1e}', "invalid character '}' in exponent of numeric literal"],
  ['{"a":01}', "invalid character '1' after object key:value pair"],
  ['{} x', "invalid character 'x' after top-level value"],
  ['[]', 'json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['true', 'json: cannot unmarshal bool into Go value of type map[string]interface {}'],
])('of %s it says %s', (text, problem) => {
  expect(jsonObjectProblem(text)).toBe(problem);
});

it('finds nothing wrong with an object, or with null', () => {
  for (const text of [' {"a":[1,-0.5e+3,"\\u00e9\\n",true,null,{}]} ', 'null']) {
    expect(jsonObjectProblem(text)).toBeUndefined();
  }
});
