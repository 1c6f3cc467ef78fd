/** What must not leave the lab: a diagnosis is made to be handed on. */

interface Value {
  [key: string]: unknown;
}

const mask = '[redacted]';
const telling = String.raw`[\w.-]*(?:passw(?:or)?d|secret|token|credential|api[_-]?key|private[_-]?key)[\w.-]*`;
const tellingName = new RegExp(`^${telling}$`, 'i');
/** Shorter ones would be found in words that are no secrets. */
const shortestSecret = 6;

const leaks: [RegExp, string][] = [
  [/(:\/\/[^\s/:@]+:)[^\s/@]+(?=@)/g, `$1${mask}`],
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${mask}`],
  [new RegExp(String.raw`("${telling}"\s*:\s*")(?:[^"\\]|\\.)*`, 'gi'), `$1${mask}`],
  // As `kubectl describe` prints an environment; a reference tells no value.
  [
    new RegExp(
      String.raw`^(\s*${telling}\s*[:=][ \t]+)(?!<set to|"?\[redacted|(?:true|false|null|\d+)$)[^\s{[|>].*$`,
      'gim',
    ),
    `$1${mask}`,
  ],
];

/** Takes the values of these Secrets, and what looks like a secret, out of any text. */
export function redactor(secrets: readonly { data?: Record<string, string> }[]): (text: string) => string {
  const values = secrets
    .flatMap(({ data = {} }) => Object.values(data))
    .flatMap((encoded) => [encoded, Buffer.from(encoded, 'base64').toString('utf8')])
    .filter((value) => value.length >= shortestSecret)
    .toSorted((one, other) => other.length - one.length);
  return (text) => {
    const known = values.reduce((left, value) => left.replaceAll(value, mask), text);
    return leaks.reduce((left, [pattern, replacement]) => left.replaceAll(pattern, replacement), known);
  };
}

/** An object without the values of Secrets and of variables that are named like one, and without what only machines read. */
export function redactObject(object: Value): Value {
  const { managedFields: _, annotations, ...metadata } = (object['metadata'] ?? {}) as Value;
  const { 'kubectl.kubernetes.io/last-applied-configuration': __, ...kept } = (annotations ?? {}) as Value;
  const shown = { ...object, metadata: Object.keys(kept).length > 0 ? { ...metadata, annotations: kept } : metadata };
  return object['kind'] === 'Secret' ? withoutData(shown) : (withoutEnv(shown) as Value);
}

function withoutData(secret: Value): Value {
  const { data = {}, stringData: _, ...rest } = secret as Value & { data?: Record<string, string> };
  const sizes = Object.entries(data).map(([key, value]) => [
    key,
    `[redacted, ${Buffer.from(value, 'base64').length} bytes]`,
  ]);
  return { ...rest, data: Object.fromEntries(sizes) };
}

function withoutEnv(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEnv);
  if (typeof value !== 'object' || value === null) return value;
  const { name, value: text } = value as Value;
  const isSecret = typeof name === 'string' && typeof text === 'string' && tellingName.test(name);
  const entries = Object.entries(value).map(([key, child]) => [
    key,
    isSecret && key === 'value' ? mask : withoutEnv(child),
  ]);
  return Object.fromEntries(entries);
}
