import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { LabError } from '../errors.ts';
import { writeWhole } from '../lab-folder.ts';

const entry = <T extends z.ZodType>(key: string, value: T) =>
  z.array(z.looseObject({ name: z.string(), [key]: value })).default([]);

const contextSchema = z.looseObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() });
const configSchema = z.looseObject({
  contexts: entry('context', contextSchema),
  clusters: entry('cluster', z.looseObject({})),
  users: entry('user', z.looseObject({})),
});
type Config = z.infer<typeof configSchema>;
type Named = { name: string } & Record<string, unknown>;

/** Settings that name a file, which is meant relative to the kubeconfig. */
const fileSettings = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** The kubeconfig files that kubectl would read. */
export function kubeconfigFiles(option?: string): string[] {
  if (option) return [resolve(option)];
  const named = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter(Boolean);
  return named.length > 0 ? named : [join(homedir(), '.kube', 'config')];
}

/**
 * One context of the user's kubeconfig as a file of its own, so that nothing of the user's is ever written.
 * @throws LabError UNKNOWN_CONTEXT or KUBECONFIG_UNREADABLE
 */
export async function extractContext(files: readonly string[], context: string, namespace: string): Promise<string> {
  const configs = await Promise.all(files.map(readConfig));
  // As kubectl merges: of several with one name the first counts.
  const find = (list: 'contexts' | 'clusters' | 'users', name: string): Named => {
    const found = configs.flatMap((config) => config[list] as Named[]).find((candidate) => candidate.name === name);
    if (found) return found;
    const known = configs.flatMap(({ contexts }) => contexts.map((one) => one['name'] as string));
    throw new LabError('UNKNOWN_CONTEXT', { context, files, known });
  };
  const chosen = find('contexts', context);
  const { cluster, user } = contextSchema.parse(chosen['context']);
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster, user, namespace } }],
    clusters: [find('clusters', cluster)],
    users: [find('users', user)],
  });
}

async function readConfig(file: string): Promise<Config> {
  try {
    const config = configSchema.parse(parse(await readFile(file, 'utf8')) ?? {});
    for (const { cluster, user } of [...config.clusters, ...config.users] as Named[]) {
      makeAbsolute((cluster ?? user) as Record<string, unknown>, dirname(resolve(file)));
    }
    return config;
  } catch (error) {
    // kubectl, too, goes on when one of several files is not there.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return configSchema.parse({});
    throw new LabError('KUBECONFIG_UNREADABLE', { file, why: (error as Error).message }, { cause: error });
  }
}

function makeAbsolute(settings: Record<string, unknown>, folder: string): void {
  for (const name of fileSettings) {
    const value = settings[name];
    if (typeof value === 'string') settings[name] = resolve(folder, value);
  }
}

/**
 * A kubeconfig for somebody else: the cluster of an extracted one, with a token and nothing of its user's. Files that it
 * names are put into it, as they stay behind.
 */
export async function withToken(
  extracted: string,
  { name, namespace, token }: { name: string; namespace: string; token: string },
): Promise<string> {
  const [entry] = configSchema.parse(parse(extracted)).clusters;
  const { 'certificate-authority': authority, ...settings } = (entry?.['cluster'] ?? {}) as Record<string, unknown>;
  const cluster =
    typeof authority === 'string'
      ? { ...settings, 'certificate-authority-data': (await readFile(authority)).toString('base64') }
      : settings;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
  });
}

/** Makes a namespace the default of a kubeconfig that is the lab's own. */
export async function setNamespace(file: string, namespace: string): Promise<void> {
  const config = parse(await readFile(file, 'utf8')) as { contexts: { context: { namespace?: string } }[] };
  for (const { context } of config.contexts) context.namespace = namespace;
  await writeWhole(file, stringify(config), 0o600);
}
