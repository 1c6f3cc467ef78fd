/** Maps of plain text: for Go, null in one of them is the empty text. */
const TEXT_MAPS = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'data', 'stringData']);

/** Times that the server itself writes as null when there is none. */
const NULLABLE = new Set(['lastProbeTime', 'eventTime']);

/** Of `metadata`, in pods' templates too: what is empty is not written. */
const OMITTED_WHEN_EMPTY = new Set(['labels', 'annotations', 'ownerReferences', 'finalizers']);

/**
 * Reads null as Go's decoder does, in place: a field of null was not given, an item of null is an empty one.
 * People write it by leaving out a value in YAML, `labels:`.
 */
export function dropNulls(value: unknown, field = ''): void {
  if (Array.isArray(value)) {
    for (const [index, item] of (value as unknown[]).entries()) {
      if (item === null) value[index] = {};
      else dropNulls(item);
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const map = value as Record<string, unknown>;
  for (const [key, inner] of Object.entries(map)) {
    if (field === 'metadata' && OMITTED_WHEN_EMPTY.has(key) && isEmpty(inner)) delete map[key];
    else if (inner !== null) dropNulls(inner, key);
    else if (TEXT_MAPS.has(field) && key !== 'matchLabels' && key !== 'matchExpressions') map[key] = '';
    else if (!NULLABLE.has(key)) delete map[key];
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
