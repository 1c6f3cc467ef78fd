import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { parse } from 'yaml';
import { z } from 'zod';

const named = <T extends z.ZodType>(key: string, value: T) =>
  z.array(z.looseObject({ name: z.string(), [key]: value })).default([]);

const clusterSchema = z.looseObject({
  server: z.string(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'tls-server-name': z.string().optional(),
  'proxy-url': z.string().optional(),
});

const userSchema = z.looseObject({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.string().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.string().optional(),
  exec: z.unknown().optional(),
  'auth-provider': z.unknown().optional(),
});

const contextSchema = z.looseObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() });

const kubeconfigSchema = z.looseObject({
  'current-context': z.string().default(''),
  clusters: named('cluster', clusterSchema),
  users: named('user', userSchema),
  contexts: named('context', contextSchema),
});

type User = z.infer<typeof userSchema>;

/** Where a cluster is and how to prove who asks. */
export interface Access {
  server: string;
  namespace: string;
  context: string;
  tls: ConnectionOptions;
  headers: Record<string, string>;
}

/**
 * Reads a kubeconfig. Tokens and certificates are read here; credentials that need a helper program
 * (`exec`, `auth-provider`) go to the client library, which takes 0.4 s to load and is spared otherwise.
 * @param path the kubeconfig file
 * @param context the context to use; default: the current one
 * @throws Error when the file, the context or what it names is missing
 */
export async function readAccess(path: string, context?: string): Promise<Access> {
  const config = kubeconfigSchema.parse(parse(await readFile(path, 'utf8')));
  const name = context ?? config['current-context'];
  const chosen = find<z.infer<typeof contextSchema>>(config.contexts, 'context', name, path);
  const cluster = find<z.infer<typeof clusterSchema>>(config.clusters, 'cluster', chosen.cluster, path);
  const user = find<User>(config.users, 'user', chosen.user, path);
  const base = { server: cluster.server, namespace: chosen.namespace ?? 'default', context: name };
  if (user.exec || user['auth-provider'] || cluster['proxy-url']) return { ...base, ...(await helped(path, name)) };

  const folder = dirname(path);
  const tls: ConnectionOptions = {};
  const ca = await material(folder, cluster['certificate-authority-data'], cluster['certificate-authority']);
  const cert = await material(folder, user['client-certificate-data'], user['client-certificate']);
  const key = await material(folder, user['client-key-data'], user['client-key']);
  if (ca) tls.ca = ca;
  if (cert) tls.cert = cert;
  if (key) tls.key = key;
  if (cluster['insecure-skip-tls-verify']) tls.rejectUnauthorized = false;
  if (cluster['tls-server-name']) tls.servername = cluster['tls-server-name'];
  const token = user.token ?? (user.tokenFile && (await readFile(resolve(folder, user.tokenFile), 'utf8')).trim());
  return { ...base, tls, headers: token ? { authorization: `Bearer ${token}` } : {} };
}

function find<T>(entries: readonly Record<string, unknown>[], key: string, name: string, path: string): T {
  const entry = entries.find((candidate) => candidate['name'] === name);
  if (!entry) throw new Error(`${path} has no ${key} named "${name}"`);
  return entry[key] as T;
}

async function material(folder: string, data?: string, file?: string): Promise<Buffer | undefined> {
  if (data) return Buffer.from(data, 'base64');
  return file ? readFile(resolve(folder, file)) : undefined;
}

/** Lets the client library run the credential helper and copies what it would have put on the request. */
async function helped(
  path: string,
  context: string,
): Promise<{ tls: ConnectionOptions; headers: Record<string, string> }> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(path);
  config.setCurrentContext(context);
  const options: { headers: Record<string, string> } & ConnectionOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  const { headers, ...tls } = options;
  return { tls, headers };
}
