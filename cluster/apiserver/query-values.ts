/** Values in a query, read as a real server reads them. */
import { badRequest } from '../objects/status-error.ts';

/** Whatever stands there means yes, also nothing at all; only `0` and `false` mean no. */
export function booleanIn(query: URLSearchParams, name: string): boolean {
  const text = query.get(name);
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}

/**
 * @returns undefined where nothing is said
 * @throws StatusError BadRequest for what is no whole number of 64 bits
 */
export function integerIn(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`);
  }
  return Number(text);
}
