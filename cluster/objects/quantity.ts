/**
 * Resource quantities: `500m`, `64Mi`, `1.5`, `2e3`. Canonical forms are computed in whole billionths,
 * as the server does, so that no rounding of floating point shows.
 */
const PATTERN = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;
const NANO = 1_000_000_000n;

const DECIMAL_EXPONENTS: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_POWERS: Record<string, number> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const BINARY_SUFFIXES = ['', ...Object.keys(BINARY_POWERS)];
const MAX_LENGTH = 128;
const NUMBER_AND_SUFFIX = /^[+-]?[0-9.]+(?:[eEinumkKMGTP]+[-+]?[0-9]*|[-+][0-9]*)?$/;
const WRONG_SUFFIX = "unable to parse quantity's suffix";
const MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** A text that is no quantity, with the server's words for it. */
export class QuantityError extends RangeError {}

interface Parsed {
  nanos: bigint;
  format: 'decimal' | 'binary' | 'exponent';
}

export function isQuantity(value: unknown): value is string | number {
  return (typeof value === 'string' || typeof value === 'number') && match(value) !== null;
}

/**
 * The amount in bytes, cores or pieces.
 * @throws QuantityError when the text is none
 */
export function parseQuantity(value: string | number): number {
  return Number(parse(value).nanos) / Number(NANO);
}

/**
 * The form in which the server keeps a quantity: `0.5` → `500m`, `1024Mi` → `1Gi`.
 * @throws QuantityError when the text is none
 */
export function canonicalQuantity(value: string | number): string {
  return write(parse(value));
}

function write({ nanos, format }: Parsed): string {
  const small = nanos > -1024n * NANO && nanos < 1024n * NANO;
  return format === 'binary' && !small ? binaryText(nanos) : decimalText(nanos, format === 'exponent');
}

/** The sum in canonical form; it is written as the first amount that is not zero. */
export function sumQuantities(values: readonly (string | number)[]): string {
  const parsed = values.map(parse);
  const total = parsed.reduce((sum, { nanos }) => sum + nanos, 0n);
  const { format = 'decimal' } = parsed.find(({ nanos }) => nanos !== 0n) ?? {};
  return write({ nanos: total, format });
}

/** Below, at or above zero as `a` is less than, equal to or more than `b`. */
export function compareQuantities(a: string | number, b: string | number): number {
  const difference = parse(a).nanos - parse(b).nanos;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** What is left of `a` without `b`, in canonical form; never below zero. */
export function subtractQuantity(a: string | number, b: string | number): string {
  const { nanos, format } = parse(a);
  const left = nanos - parse(b).nanos;
  return write({ nanos: left > 0n ? left : 0n, format });
}

export function maxQuantity(a: string, b: string): string {
  return compareQuantities(a, b) >= 0 ? a : b;
}

/** Differs: longer texts are no quantities; a real server reads thousands of digits. */
function match(value: string | number): RegExpExecArray | null {
  const text = String(value);
  return text.length <= MAX_LENGTH ? PATTERN.exec(text) : null;
}

/** Why a value is no quantity, in the server's words; undefined if it is one. */
export function quantityProblem(value: unknown): string | undefined {
  if (isQuantity(value)) return undefined;
  return typeof value === 'string' && NUMBER_AND_SUFFIX.test(value) ? WRONG_SUFFIX : MALFORMED;
}

function parse(value: string | number): Parsed {
  const parts = match(value);
  if (!parts) throw new QuantityError(quantityProblem(value));
  const [, sign, digits = '', suffix = '', exponent] = parts;
  const [whole = '', fraction = ''] = digits.split('.');
  const power = BINARY_POWERS[suffix];
  const scale = (exponent === undefined ? (DECIMAL_EXPONENTS[suffix] ?? 0) : Number(exponent)) + 9 - fraction.length;
  const mantissa = BigInt(whole + fraction) * 1024n ** BigInt(power ?? 0);
  const nanos = scale >= 0 ? mantissa * 10n ** BigInt(scale) : ceilDivide(mantissa, 10n ** BigInt(-scale));
  const format = power === undefined ? (exponent === undefined ? 'decimal' : 'exponent') : 'binary';
  return { nanos: sign === '-' ? -nanos : nanos, format };
}

function binaryText(nanos: bigint): string {
  let amount = ceilDivide(nanos, NANO);
  let power = 0;
  while (amount !== 0n && amount % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
    amount /= 1024n;
    power += 1;
  }
  return `${amount}${BINARY_SUFFIXES[power]}`;
}

function decimalText(nanos: bigint, withExponent: boolean): string {
  let amount = nanos;
  let exponent = -9;
  while (amount !== 0n && amount % 1000n === 0n && exponent < 18) {
    amount /= 1000n;
    exponent += 3;
  }
  if (amount === 0n) return '0';
  if (withExponent) return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
  const suffix = Object.keys(DECIMAL_EXPONENTS).find((key) => DECIMAL_EXPONENTS[key] === exponent) ?? '';
  return `${amount}${suffix}`;
}

/** Kubernetes rounds away from zero what is finer than it can hold. */
function ceilDivide(amount: bigint, divisor: bigint): bigint {
  const quotient = amount / divisor;
  return amount > quotient * divisor ? quotient + 1n : quotient;
}
