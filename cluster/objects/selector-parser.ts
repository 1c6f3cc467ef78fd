import { labelValueProblems, qualifiedNameProblems } from './names.ts';
import { badRequest } from './status-error.ts';

export interface Requirement {
  key: string;
  operator: '=' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';
  values: string[];
}

/** A piece of the text: a symbol stands for itself, anything else is a word; '' ends the text. */
interface Token {
  symbol: boolean;
  text: string;
}

const TOKENS = /\s*(?:(==|!=|[=!<>(),])|([^\s=!<>(),]+))/gy;
const OPERATORS = ['in', 'notin', '=', '==', '!=', '>', '<'];

/**
 * Parses a label selector as the server does, with its words for what is wrong.
 * @throws StatusError BadRequest
 */
export function parseRequirements(text: string): Requirement[] {
  const tokens = tokenize(text);
  const requirements: Requirement[] = [];
  let position = 0;
  const peek = () => tokens[position] as Token;
  // The end stays, however often it is taken.
  const take = () => tokens[position < tokens.length - 1 ? position++ : position] as Token;
  if (isEnd(peek())) return requirements;
  if (!startsRequirement(peek())) {
    throw badRequest(`found '${peek().text}', expected: !, identifier, or 'end of string'`);
  }
  for (;;) {
    requirements.push(parseRequirement(peek, take));
    const next = take();
    if (isEnd(next)) return requirements;
    if (next.text !== ',') throw badRequest(`found '${next.text}', expected: ',' or 'end of string'`);
    if (!startsRequirement(peek())) {
      throw badRequest(`found '${peek().text}', expected: identifier after ','`);
    }
  }
}

function tokenize(text: string): Token[] {
  const tokens = Array.from(text.trim().matchAll(TOKENS), ([, symbol, word]) => ({
    symbol: symbol !== undefined,
    text: symbol ?? word ?? '',
  }));
  return [...tokens, { symbol: true, text: '' }];
}

function parseRequirement(peek: () => Token, take: () => Token): Requirement {
  const absent = peek().text === '!';
  if (absent) take();
  const key = expectWord(take());
  for (const problem of qualifiedNameProblems(key)) refuse(`key: Invalid value: "${key}": ${problem}`);
  if (absent) return { key, operator: '!', values: [] };
  if (isEnd(peek()) || peek().text === ',') return { key, operator: 'exists', values: [] };
  const operator = take().text;
  if (!OPERATORS.includes(operator)) {
    refuse(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const values = operator === 'in' || operator === 'notin' ? parseValues(peek, take) : [parseValue(peek, take)];
  if (operator === '>' || operator === '<') {
    if (!/^-?\d+$/.test(values[0] ?? '')) {
      refuse(
        `values[0][${key}]: Invalid value: "${values[0]}": for 'Gt', 'Lt' operators, the value must be an integer`,
      );
    }
  }
  for (const [index, value] of values.entries()) {
    for (const problem of labelValueProblems(value)) {
      refuse(`values[${index}][${key}]: Invalid value: "${value}": ${problem}`);
    }
  }
  return { key, operator: operator === '==' ? '=' : (operator as Requirement['operator']), values };
}

function parseValue(peek: () => Token, take: () => Token): string {
  return isEnd(peek()) || peek().text === ',' ? '' : expectWord(take());
}

function parseValues(peek: () => Token, take: () => Token): string[] {
  if (peek().text !== '(') refuse(`found '${peek().text}' expected: '('`);
  take();
  const values: string[] = [];
  if (peek().text === ')') refuse("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
  for (;;) {
    const expected = values.length === 0 ? "',', ')' or identifier" : "',', or identifier";
    values.push(peek().text === ',' || peek().text === ')' ? '' : expectWord(take(), expected));
    const next = take();
    if (next.text === ')') return [...new Set(values)].sort();
    if (next.text !== ',') refuse(`found '${next.text}', expected: ',' or ')'`);
  }
}

function expectWord(token: Token, expected = 'identifier'): string {
  if (token.symbol) refuse(`found '${token.text}', expected: ${expected}`);
  return token.text;
}

function startsRequirement(token: Token): boolean {
  return !token.symbol || token.text === '!';
}

function isEnd(token: Token): boolean {
  return token.symbol && token.text === '';
}

function refuse(message: string): never {
  throw badRequest(`unable to parse requirement: ${message}`);
}
