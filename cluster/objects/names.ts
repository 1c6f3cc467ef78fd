/**
 * What Kubernetes accepts as a name, with the sentences it answers when it does not.
 * Each validator returns the list of what is wrong; an empty list means the name is good.
 */
type Problems = string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const SEARCH_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const SEARCH_DOMAIN = new RegExp(`^${SEARCH_LABEL}(\\.${SEARCH_LABEL})*$`);
const HEADER_NAME = /^[-A-Za-z0-9]+$/;
const WILDCARD_SUBDOMAIN = new RegExp(`^\\*\\.${LABEL}(\\.${LABEL})*$`);
const QUALIFIED_NAME = new RegExp(`^${QUALIFIED}$`);
const LABEL_VALUE = new RegExp(`^(${QUALIFIED})?$`);
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;

/** The letters and digits that Kubernetes uses for generated names: no vowels, hence no words. */
export const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;

export function dnsLabelProblems(value: string): Problems {
  return [
    ...tooLong(value, 63),
    ...mismatch(
      value,
      DNS_LABEL,
      `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character`,
      ['my-name', '123-abc'],
    ),
  ];
}

export function dnsSubdomainProblems(value: string): Problems {
  return [
    ...tooLong(value, 253),
    ...mismatch(
      value,
      DNS_SUBDOMAIN,
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`,
      ['example.com'],
    ),
  ];
}

/** Domains that resolvers search in may have underscores, as those of Windows do. */
export function searchDomainProblems(value: string): Problems {
  return [
    ...tooLong(value, 253),
    ...mismatch(
      value,
      SEARCH_DOMAIN,
      `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character`,
      ['example.com'],
    ),
  ];
}

export function headerNameProblems(value: string): Problems {
  return mismatch(value, HEADER_NAME, `a valid HTTP header must consist of alphanumeric characters or '-'`, [
    'X-Header-Name',
  ]);
}

/** Names of hosts whose first part may be anything: `*.example.com`. */
export function wildcardSubdomainProblems(value: string): Problems {
  return [
    ...tooLong(value, 253),
    ...mismatch(
      value,
      WILDCARD_SUBDOMAIN,
      `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character`,
      ['*.example.com'],
    ),
  ];
}

/** Names that need only be one part of a path: those of roles, `system:node`. */
export function pathSegmentProblems(value: string): Problems {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((text) => value.includes(text)).map((text) => `may not contain '${text}'`);
}

/** Keys of labels, annotations and resources: `name` or `prefix/name`. */
export function qualifiedNameProblems(value: string): Problems {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${regexMessage(
        `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
        QUALIFIED_NAME,
        ['MyName', 'my.name', '123-abc'],
      )} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? (parts[0] ?? '') : undefined;
  const problems: Problems = [];
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...dnsSubdomainProblems(prefix).map((text) => `prefix part ${text}`));
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...tooLong(name, 63).map((text) => `name part ${text}`));
  problems.push(
    ...mismatch(
      name,
      QUALIFIED_NAME,
      `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      ['MyName', 'my.name', '123-abc'],
    ),
  );
  return problems;
}

/** Whether a resource is a device plugin's and not Kubernetes' own: `nvidia.com/gpu`. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/');
}

export function labelValueProblems(value: string): Problems {
  return [
    ...tooLong(value, 63),
    ...mismatch(
      value,
      LABEL_VALUE,
      `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`,
      ['MyValue', 'my_value', '12345'],
    ),
  ];
}

/** Keys of ConfigMaps and Secrets: they become file names. */
export function configKeyProblems(value: string): Problems {
  const problems = [
    ...tooLong(value, 253),
    ...mismatch(value, CONFIG_KEY, `a valid config key must consist of alphanumeric characters, '-', '_' or '.'`, [
      'key.name',
      'KEY_NAME',
      'key-name',
    ]),
  ];
  if (value === '.') problems.push("must not be '.'");
  else if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

export function envNameProblems(value: string): Problems {
  if (value !== '' && /^[\x20-\x3c\x3e-\x7e]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Names of ports, as probes and Services refer to them. */
export function portNameProblems(value: string): Problems {
  const problems = tooLong(value, 15);
  if (!/^[-a-z0-9]+$/.test(value))
    problems.push('must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

export function portNumberProblems(port: number): Problems {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** The tail of a generated name, `-x7k2p` without the dash. `random` answers numbers in [0, 1). */
export function generateSuffix(random: () => number): string {
  return Array.from(
    { length: SUFFIX_LENGTH },
    () => SUFFIX_ALPHABET[Math.floor(random() * SUFFIX_ALPHABET.length)],
  ).join('');
}

function tooLong(value: string, maxLength: number): Problems {
  return value.length > maxLength ? [`must be no more than ${maxLength} bytes`] : [];
}

function mismatch(value: string, pattern: RegExp, message: string, examples: string[]): Problems {
  return pattern.test(value) ? [] : [regexMessage(message, pattern, examples)];
}

/** The doubled blank after the comma is the server's own; the anchors of the pattern are not shown. */
function regexMessage(message: string, pattern: RegExp, examples: string[]): string {
  const samples = examples.map((example) => `'${example}'`).join(',  or ');
  return `${message} (e.g. ${samples}, regex used for validation is '${pattern.source.slice(1, -1)}')`;
}
