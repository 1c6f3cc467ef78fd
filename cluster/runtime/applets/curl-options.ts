import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fail } from './fail.ts';

/** What the applet understands of curl's command line. */
export interface CurlOptions {
  url: string;
  method: string;
  methodGiven: boolean;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** File of the authorities that are trusted. */
  authorities?: string;
  output?: string;
  writeOut?: string;
  maxTimeSeconds?: number;
  connectTimeoutSeconds?: number;
  fail: boolean;
  head: boolean;
  include: boolean;
  insecure: boolean;
  location: boolean;
  showError: boolean;
  silent: boolean;
  verbose: boolean;
}

const flag = (short: string) => ({ type: 'boolean', short }) as const;
const value = (short: string) => ({ type: 'string', short }) as const;
const definitions = {
  cacert: { type: 'string' },
  'connect-timeout': { type: 'string' },
  data: { ...value('d'), multiple: true },
  'data-binary': { type: 'string', multiple: true },
  'data-raw': { type: 'string', multiple: true },
  fail: flag('f'),
  head: flag('I'),
  header: { ...value('H'), multiple: true },
  include: flag('i'),
  insecure: flag('k'),
  json: { type: 'string' },
  location: flag('L'),
  'max-time': value('m'),
  'no-progress-meter': { type: 'boolean' },
  output: value('o'),
  request: value('X'),
  'show-error': flag('S'),
  silent: flag('s'),
  user: value('u'),
  'user-agent': value('A'),
  verbose: flag('v'),
  'write-out': value('w'),
} as const;

/** Ends the program with curl's words on a command line that it does not understand. */
export function parseCurlOptions(args: string[]): CurlOptions {
  const { values, positionals } = parse(args);
  const url =
    positionals[0] ??
    fail("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information", 2);
  const data = [
    ...(values.data ?? []).map(readData),
    ...(values['data-binary'] ?? []).map(readData),
    ...(values['data-raw'] ?? []),
  ];
  const body = values.json ?? (data.length > 1 ? data.map(String).join('&') : data[0]);
  const defaults: [string, string][] = [];
  if (values.user) defaults.push(['Authorization', `Basic ${Buffer.from(values.user).toString('base64')}`]);
  if (values['user-agent']) defaults.push(['User-Agent', values['user-agent']]);
  if (body !== undefined) {
    defaults.push(['Content-Length', String(Buffer.byteLength(body))]);
    defaults.push(['Content-Type', values.json ? 'application/json' : 'application/x-www-form-urlencoded']);
  }
  return {
    url,
    method: values.request ?? (values.head ? 'HEAD' : body === undefined ? 'GET' : 'POST'),
    methodGiven: values.request !== undefined,
    headers: mergeHeaders(defaults, values.header ?? []),
    body,
    authorities: values.cacert,
    output: values.output,
    writeOut: values['write-out'],
    maxTimeSeconds: seconds(values['max-time']),
    connectTimeoutSeconds: seconds(values['connect-timeout']),
    fail: values.fail ?? false,
    head: values.head ?? false,
    include: values.include ?? false,
    insecure: values.insecure ?? false,
    location: values.location ?? false,
    showError: values['show-error'] ?? false,
    silent: values.silent ?? false,
    verbose: values.verbose ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: definitions, allowPositionals: true });
  } catch (error) {
    const option = /'(-[^' ]+)/.exec((error as Error).message)?.[1] ?? '';
    return fail(
      `curl: option ${option}: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information`,
      2,
    );
  }
}

/** `@file` and `@-` are read. */
function readData(text: string): string | Buffer {
  return text.startsWith('@') ? readFileSync(text === '@-' ? 0 : text.slice(1)) : text;
}

function mergeHeaders(defaults: [string, string][], lines: string[]): Record<string, string> {
  const merged = new Map(defaults.map(([name, text]) => [name.toLowerCase(), [name, text] as const]));
  for (const line of lines) {
    const [name = '', ...rest] = line.split(':');
    merged.set(name.toLowerCase(), [name, rest.join(':').trim()]);
  }
  return Object.fromEntries(merged.values());
}

function seconds(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}
