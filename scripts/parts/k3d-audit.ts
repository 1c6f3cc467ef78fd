import { copyFile, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const policy = fileURLToPath(new URL('../k3d-audit-policy.yaml', import.meta.url));

/** Where the server's container has the folder. */
const mountedAt = '/var/log/brokenprod-audit';

/** As much as the embedded engine writes at most: the log and the one before it. */
const maxMegabytes = 32;
const backups = 1;

/** Makes ready what the server gets: the policy to read, and an empty log to go on with. */
export async function prepareAudit(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await copyFile(policy, join(dir, 'policy.yaml'));
  // The server runs as root and would make a log for root alone; one that is there keeps its owner, also in rotation.
  await writeFile(join(dir, 'audit.log'), '', { mode: 0o600 });
}

/** Takes that back, and the folder where nothing else is in it. */
export async function discardAudit(dir: string): Promise<void> {
  await Promise.all(['policy.yaml', 'audit.log'].map((name) => rm(join(dir, name), { force: true })));
  await rmdir(dir).catch(() => {});
}

/** What a k3d config needs besides, so that the API server writes its audit log into the folder. */
export function auditConfig(dir: string): { volumes: object[]; k3sArgs: object[] } {
  const settings = {
    'audit-policy-file': `${mountedAt}/policy.yaml`,
    'audit-log-path': `${mountedAt}/audit.log`,
    'audit-log-maxsize': maxMegabytes,
    'audit-log-maxbackup': backups,
  };
  const nodeFilters = ['server:*'];
  return {
    // The whole folder, as rotation renames the log.
    volumes: [{ volume: `${dir}:${mountedAt}`, nodeFilters }],
    k3sArgs: Object.entries(settings).map(([name, value]) => ({
      arg: `--kube-apiserver-arg=${name}=${value}`,
      nodeFilters,
    })),
  };
}
