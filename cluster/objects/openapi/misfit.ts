import { goSyntax, goText, goTypeName } from '../go-text.ts';
import { timeProblem } from '../go-time.ts';
import type { ValuePlace } from '../patch/place-text.ts';
import { quantityProblem } from '../quantity.ts';
import type { FieldType } from './field-type.ts';

/** A value that its field cannot hold, in the words of either who reads it. */
export interface Misfit {
  place: ValuePlace;
  /** Of the decoder, which reads whole objects. */
  decoding: string;
  /** Of the converter, which makes an object of the maps that a strategic merge patch was merged into. */
  converting: string;
  /** Of the schema that server-side apply holds an object against, if it is not content. */
  typing?: string;
}

/** What a field wants, and where it lies: without indexes, as the decoder names struct fields. */
export interface Wanted {
  type: FieldType;
  /** Of a plain type: `int32`, `date-time`, `micro-time`. */
  format: string;
  struct: string;
  keys: string;
  place: ValuePlace;
}

type WantedPlain = Wanted & { type: { shape: 'plain' } };

/** Fields whose strings are quantities; numbers are, too. */
const quantities =
  /\.(limits|requests|hard|used|capacity|allocatable|overhead|sizeLimit|divisor|averageValue|maximumVolumeSize)$/;
/** The same of structs whose fields have names that mean something else elsewhere. */
const quantitiesOf: Readonly<Record<string, RegExp>> = {
  LimitRangeItem: /\.(default|defaultRequest|max|min|maxLimitRequestRatio)$/,
  MetricTarget: /\.value$/,
  MetricValueStatus: /\.value$/,
};

/** A value of another shape than the field's: a text for a list, a number for a map. */
export function shapeMisfit(value: unknown, { type, format, struct, keys, place }: Wanted): Misfit {
  const goType = goName(type, format);
  const given = jsonName(value);
  const shown = typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : given;
  const typing = typingProblem(type, value);
  return {
    place,
    decoding: `json: cannot unmarshal ${shown} into Go struct field ${struct}.${keys} of type ${goType}`,
    converting: restoreProblem(type, goType, value),
    ...(typing === undefined ? {} : { typing }),
  };
}

/** Why a plain field does not take a value; undefined if it does. */
export function plainMisfit(value: unknown, wanted: WantedPlain): Misfit | undefined {
  const own = ownProblem(value, wanted);
  if (own !== undefined) return { place: wanted.place, decoding: own, converting: own };
  return fits(value, wanted) ? undefined : shapeMisfit(value, wanted);
}

/** Types that read themselves have the same words for whoever asks them to. */
function ownProblem(value: unknown, wanted: WantedPlain): string | undefined {
  const { type, format } = wanted;
  if (type.type === 'int-or-string') {
    if (typeof value === 'string' || Number.isInteger(value)) return undefined;
    const shown = typeof value === 'number' ? `number ${value}` : jsonName(value);
    return `json: cannot unmarshal ${shown} into Go value of type int32`;
  }
  if (type.type !== 'string') return undefined;
  if (format === 'date-time' || format === 'micro-time') {
    if (typeof value === 'string') return timeProblem(value, format === 'micro-time');
    return `json: cannot unmarshal ${jsonName(value)} into Go value of type string`;
  }
  return isQuantityField(wanted) ? quantityProblem(value) : undefined;
}

function isQuantityField({ struct, keys }: Wanted): boolean {
  return quantities.test(`.${keys}`) || (quantitiesOf[struct]?.test(keys) ?? false);
}

function fits(value: unknown, wanted: WantedPlain): boolean {
  const { type, format } = wanted;
  switch (type.type) {
    case 'any':
    case 'int-or-string':
      return true;
    case 'string':
      return typeof value === 'string' || isQuantityField(wanted);
    case 'number':
      return typeof value === 'number' && (!format.startsWith('int') || Number.isInteger(value));
    case 'boolean':
      return typeof value === 'boolean';
  }
}

function restoreProblem(type: FieldType, goType: string, value: unknown): string {
  const from = { array: 'slice', object: 'map', number: Number.isInteger(value) ? 'int64' : 'float64' };
  const given = jsonName(value);
  const kind = from[given as keyof typeof from] ?? given;
  if (type.shape === 'list') return `cannot restore slice from ${kind}`;
  if (type.shape === 'map') return `cannot restore map from ${kind}`;
  if (type.shape === 'model') return `cannot restore struct from: ${kind}`;
  // Go would turn a whole number into a letter, and cut a fraction: what could be converted is refused in other words.
  const isConvertible = (kind === 'int64' && goType === 'string') || (kind === 'float64' && goType.startsWith('int'));
  return isConvertible ? `cannot convert ${kind} to ${goType}` : `unrecognized type: ${goType}`;
}

/** The schema tells numbers from texts, and not one number from another. */
function typingProblem(type: FieldType, value: unknown): string | undefined {
  if (type.shape === 'list') return `expected list, got &{${goText(value)}}`;
  if (type.shape === 'map' || type.shape === 'model') return `expected map, got &{${goText(value)}}`;
  if (type.type === 'boolean') return `expected boolean, got &{${goText(value)}}`;
  if (type.type === 'string') return `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
  return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goTypeName(value)}`;
}

function jsonName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function goName(type: FieldType, format: string): string {
  if (type.shape === 'model') return `v1.${structName(type.name)}`;
  if (type.shape === 'list') return `[]${goName(type.of, format)}`;
  if (type.shape === 'map') return `map[string]${goName(type.of, format)}`;
  if (type.type === 'number') return format || 'float64';
  return type.type === 'boolean' ? 'bool' : type.type;
}

/** `V1DeploymentSpec`, `CoreV1EventSeries`: Go's name has neither group nor version. */
export function structName(model: string): string {
  return model.replace(/^([A-Z][a-z]+)?V\d+((alpha|beta)\d+)?/, '');
}
