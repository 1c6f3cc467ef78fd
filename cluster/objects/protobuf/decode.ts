import { findMessage, type FieldSpec } from './messages.ts';

type Json = Record<string, unknown>;

/** A field as it stands in the bytes: varints as bigint, everything else as its bytes. */
interface RawField {
  number: number;
  value: bigint | Uint8Array;
}

const maxDepth = 64;

/**
 * Turns a message into the JSON that the API has for it. Fields that the table does not name are passed over.
 * @throws RangeError when the bytes end in the middle of a field or nest too deeply
 */
export function decodeMessage(name: string, bytes: Uint8Array, depth = 0): Json {
  const message = findMessage(name);
  if (!message) throw new RangeError(`no protobuf message "${name}" is known`);
  if (depth > maxDepth) throw new RangeError('protobuf body nests too deeply');
  const object: Json = {};
  for (const raw of readFields(bytes)) {
    const field = message.get(raw.number);
    if (field) put(object, field, raw, depth);
  }
  return object;
}

function put(object: Json, field: FieldSpec, raw: RawField, depth: number): void {
  switch (field.form) {
    case 'list':
      ((object[field.name] ??= []) as unknown[]).push(decodeValue(field.type, raw, depth));
      return;
    case 'map': {
      const [key, value] = decodeEntry(field.type, raw, depth);
      object[field.name] ??= {} as Json;
      Object.defineProperty(object[field.name], key, { value, enumerable: true, configurable: true, writable: true });
      return;
    }
    case 'inline':
      Object.assign(object, decodeValue(field.type, raw, depth));
      return;
    case 'one': {
      const value = decodeValue(field.type, raw, depth);
      if (value !== undefined && (field.pointer || !isZero(value))) object[field.name] = value;
    }
  }
}

/** Go writes zero values of plain fields; JSON leaves them out. */
function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false || value === undefined) return true;
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function decodeEntry(type: string, raw: RawField, depth: number): [string, unknown] {
  let key = '';
  let value: unknown = type === 'string' || type === 'bytes' ? '' : undefined;
  for (const part of readFields(asBytes(raw))) {
    if (part.number === 1) key = text(asBytes(part));
    if (part.number === 2) value = decodeValue(type, part, depth);
  }
  return [key, value];
}

function decodeValue(type: string, raw: RawField, depth: number): unknown {
  switch (type) {
    case 'string':
      return text(asBytes(raw));
    case 'bytes':
      return Buffer.from(asBytes(raw)).toString('base64');
    case 'int':
      return Number(BigInt.asIntN(64, asInteger(raw)));
    case 'bool':
      return asInteger(raw) !== 0n;
    default:
      return special(type, decodeMessage(type, asBytes(raw), depth + 1));
  }
}

/** Some messages are a plain value in JSON. */
function special(type: string, message: Json): unknown {
  switch (type) {
    case 'Quantity':
      return message['string'] ?? '0';
    case 'IntOrString':
      return message['type'] === 1 ? (message['strVal'] ?? '') : (message['intVal'] ?? 0);
    case 'Time':
      return message['seconds'] === undefined ? undefined : `${secondsOf(message)}Z`;
    case 'MicroTime':
      return message['seconds'] === undefined ? undefined : `${secondsOf(message)}.${microsOf(message)}Z`;
    default:
      return message;
  }
}

function secondsOf(time: Json): string {
  return new Date(Number(time['seconds']) * 1000).toISOString().slice(0, 19);
}

function microsOf(time: Json): string {
  return String(Math.floor(Number(time['nanos'] ?? 0) / 1000)).padStart(6, '0');
}

export function* readFields(bytes: Uint8Array): Generator<RawField> {
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined) throw new RangeError('protobuf body ends inside a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('protobuf number is too long');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - offset) throw new RangeError('protobuf body ends inside a field');
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  while (offset < bytes.length) {
    const tag = Number(varint());
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (wireType === 0) yield { number, value: varint() };
    else if (wireType === 1) yield { number, value: take(8) };
    else if (wireType === 2) yield { number, value: take(Number(varint())) };
    else if (wireType === 5) yield { number, value: take(4) };
    else throw new RangeError(`protobuf wire type ${wireType} is not in use`);
  }
}

function asBytes(raw: RawField): Uint8Array {
  if (typeof raw.value === 'bigint') throw new RangeError(`protobuf field ${raw.number} is a number`);
  return raw.value;
}

function asInteger(raw: RawField): bigint {
  if (typeof raw.value !== 'bigint') throw new RangeError(`protobuf field ${raw.number} is no number`);
  return raw.value;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
