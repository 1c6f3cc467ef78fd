import { stringify } from 'yaml';

/**
 * The text of a kubeconfig with one cluster, one user and one context.
 * @param options.name of all three
 * @param options.ca the certificate authority, PEM
 */
export function kubeconfigFor(options: {
  name: string;
  url: string;
  ca: string;
  token: string;
  namespace: string;
}): string {
  const { name, url, ca, token, namespace } = options;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      'current-context': name,
    },
    { lineWidth: 0 },
  );
}
