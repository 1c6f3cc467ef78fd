/** What an `Accept` header asks for: a format, and a form of objects. */
import { formatUnknown, notAcceptable } from '../objects/status-error.ts';

/** The form in which the client wants objects: as they are, as rows of a table, or their metadata only. */
export type Representation = 'plain' | 'table' | 'metadata' | 'metadata-list';
export type Format = 'json' | 'yaml' | 'protobuf';

export interface Accepted {
  representation: Representation;
  format: Format;
}

const formats: readonly Format[] = ['json', 'yaml', 'protobuf'];
const mediaTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};

interface Clause {
  type: string;
  quality: number;
  parameters: ReadonlyMap<string, string>;
}

/**
 * The first of the clauses that the server can serve; the ones with a higher `q` come first.
 * Differs: who would have nothing but protobuf gets JSON. kubectl and the client libraries, which name JSON as well, do
 * not show it.
 * @throws StatusError NotAcceptable when there is none
 */
export function parseAccept(accept: string | undefined, { isWatch = false } = {}): Accepted {
  if (!accept) return { representation: 'plain', format: 'json' };
  for (const { type, parameters } of clausesOf(accept)) {
    for (const format of formats) {
      if (![mediaTypes[format], 'application/*', '*/*'].includes(type)) continue;
      // YAML has no way to send one event after the other.
      if (isWatch && format === 'yaml') continue;
      const representation = representationIn(parameters, format);
      if (representation) return { representation, format };
    }
  }
  throw notAcceptable(
    formats
      .filter((format) => !isWatch || format !== 'yaml')
      .map((format) => (isWatch ? `${mediaTypes[format]};stream=watch` : mediaTypes[format])),
  );
}

/**
 * What the router asks before anybody else: whether a type of the header is one that is served at all.
 * @param others types that a path serves beside those of objects
 * @throws StatusError NotAcceptable
 */
export function checkAccept(accept: string | undefined, others: readonly string[] = []): void {
  if (!accept?.trim()) return;
  const known = ['*/*', ...Object.values(mediaTypes), ...others];
  const types = accept.split(',').map((range) => range.split(';')[0]?.trim() ?? '');
  if (!types.some((type) => known.includes(type))) throw formatUnknown();
}

function clausesOf(accept: string): Clause[] {
  const clauses = accept.split(',').map((range): Clause => {
    const [type = '', ...rest] = range.split(';').map((part) => part.trim());
    const parameters = new Map(rest.map((part) => [part.split('=')[0] ?? '', part.split('=').slice(1).join('=')]));
    const quality = Number(parameters.get('q') ?? 1);
    return { type, quality: Number.isNaN(quality) ? 1 : quality, parameters };
  });
  const isOpen = ({ type }: Clause) => Number(type.endsWith('/*'));
  return clauses.toSorted((a, b) => b.quality - a.quality || isOpen(a) - isOpen(b));
}

/** Undefined for what the server cannot turn objects into. */
function representationIn(parameters: Clause['parameters'], format: Format): Representation | undefined {
  const stream = parameters.get('stream');
  if ((stream && stream !== 'watch') || parameters.get('sv')) return undefined;
  if (!['as', 'g', 'v'].some((name) => parameters.has(name))) return 'plain';
  const isMeta = parameters.get('g') === 'meta.k8s.io' && ['v1', 'v1beta1'].includes(parameters.get('v') ?? '');
  if (!isMeta) return undefined;
  const as = parameters.get('as');
  if (as === 'Table') return format === 'protobuf' ? undefined : 'table';
  if (as === 'PartialObjectMetadata') return 'metadata';
  return as === 'PartialObjectMetadataList' ? 'metadata-list' : undefined;
}
