type Fields = Record<string, unknown>;

/**
 * Merges as Kubernetes' strategic merge patch does, for what faults need: objects field by field, `null` removes
 * a field, lists of named things by name (`$patch: delete` removes one, `$patch: replace` takes the patch's),
 * any other list is replaced.
 */
export function strategicMerge(target: unknown, patch: unknown): unknown {
  if (isNamedList(patch) && (target === undefined || isNamedList(target))) return mergeLists(target ?? [], patch);
  if (!isFields(patch)) return structuredClone(patch);
  const { $patch: directive, ...fields } = patch;
  const merged: Fields = isFields(target) && directive !== 'replace' ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    if (value === null) delete merged[key];
    else merged[key] = strategicMerge(merged[key], value);
  }
  return merged;
}

function mergeLists(target: readonly Fields[], patch: readonly Fields[]): Fields[] {
  const merged = [...target];
  for (const item of patch) {
    const index = merged.findIndex((candidate) => candidate['name'] === item['name']);
    if (item['$patch'] === 'delete') {
      if (index >= 0) merged.splice(index, 1);
    } else if (index < 0) {
      merged.push(strategicMerge({}, item) as Fields);
    } else {
      merged[index] = strategicMerge(merged[index], item) as Fields;
    }
  }
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNamedList(value: unknown): value is Fields[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isFields(item) && 'name' in item);
}
