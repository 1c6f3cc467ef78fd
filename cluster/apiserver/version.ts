/**
 * What `/version` tells. The minor version is in the middle of the kubectl versions that are used with the lab,
 * since kubectl warns when the two are more than one apart.
 */
export const version = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2025-11-11T00:00:00Z',
  goVersion: 'go1.24.9',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const;
