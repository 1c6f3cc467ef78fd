/** Takes an `apiVersion` apart: `apps/v1`, or `v1` of the core group, whose name is empty. */
export function parseGroupVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.lastIndexOf('/');
  return { group: apiVersion.slice(0, Math.max(0, slash)), version: apiVersion.slice(slash + 1) };
}
