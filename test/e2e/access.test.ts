import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlFor, type Kubectl } from '../helpers/kubectl.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe('a trainee with less than everything', () => {
  const { lab, kubectl: admin, k } = useTestCluster();
  let trainee: Kubectl;
  const user = 'system:serviceaccount:default:trainee';

  /** What the trainee is told when it may not do something. */
  const refusal = async (...args: string[]): Promise<string> => (await trainee(args)).stderr;
  const cannot = (what: string, where: string) =>
    `is forbidden: User "${user}" cannot ${what} in API group "" in the namespace "${where}"\n`;

  beforeAll(async () => {
    await k('create', 'serviceaccount', 'trainee');
    const token = (await k('create', 'token', 'trainee')).trim();
    const kubeconfig = join(lab.dir, 'trainee.kubeconfig');
    const text = await readFile(lab.cluster.kubeconfigPath, 'utf8');
    await writeFile(kubeconfig, text.replace(/token: .*/, `token: ${token}`));
    trainee = kubectlFor(kubeconfig);
  });

  it('is known by its token, and a made-up token is nobody', async () => {
    const { stdout } = await trainee(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}']);
    expect(JSON.parse(stdout)).toEqual({
      username: user,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
    });
    const { stderr } = await trainee(['get', 'pods', '--token=eyJhbGciOiJIUzI1NiJ9.e30.AAAA']);
    expect(stderr).toContain('You must be logged in to the server');
  });

  it('may do nothing at first, and is told so in the words of a real server', async () => {
    expect(await refusal('get', 'pods')).toBe(
      `Error from server (Forbidden): pods ${cannot('list resource "pods"', 'default')}`,
    );
    expect(await refusal('get', 'pod', 'web')).toBe(
      `Error from server (Forbidden): pods "web" ${cannot('get resource "pods"', 'default')}`,
    );
    expect(await refusal('get', 'nodes')).toBe(
      `Error from server (Forbidden): nodes is forbidden: User "${user}" cannot list resource "nodes" in API group "" at the cluster scope\n`,
    );
    expect(await refusal('get', 'deployments', '-n', 'kube-system')).toContain(
      'cannot list resource "deployments" in API group "apps" in the namespace "kube-system"',
    );
  });

  it('sees what the role view shows, and changes nothing', async () => {
    await k('create', 'rolebinding', 'look', '--clusterrole=view', '--serviceaccount=default:trainee');
    expect(await trainee(['get', 'pods,deployments,jobs'])).toMatchObject({ code: 0 });
    expect(await refusal('get', 'secrets')).toContain('cannot list resource "secrets"');
    expect(await refusal('delete', 'configmap', 'kube-root-ca.crt')).toContain('cannot delete resource "configmaps"');
    expect(await refusal('get', 'pods', '-n', 'kube-system')).toContain('in the namespace "kube-system"');
    expect(await k('get', 'rolebinding', 'look', '-o', 'wide')).toMatch(
      /^look +ClusterRole\/view .* default\/trainee$/m,
    );
  });

  it('gets by a role of its own exactly what that names', async () => {
    await k('create', 'deployment', 'web', '--image=web:1');
    await k('create', 'deployment', 'other', '--image=web:1');
    await k('create', 'role', 'fixer', '--verb=patch', '--resource=deployments', '--resource-name=web');
    await k('create', 'rolebinding', 'fix', '--role=fixer', '--serviceaccount=default:trainee');
    expect(await trainee(['set', 'image', 'deployment/web', 'web=web:2'])).toMatchObject({ code: 0 });
    expect(await refusal('set', 'image', 'deployment/other', 'web=web:2')).toContain(
      'deployments.apps "other" is forbidden',
    );
    expect(await k('describe', 'role', 'fixer')).toMatch(/deployments\.apps +\[\] +\[web\] +\[patch\]/);
  });

  it('cannot run commands in a pod without the right to', async () => {
    await k('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s');
    expect(await refusal('exec', 'deployment/web', '--', 'env')).toContain('cannot create resource "pods/exec"');
    await k('create', 'role', 'enter', '--verb=create', '--resource=pods/exec');
    await k('create', 'rolebinding', 'enter', '--role=enter', '--serviceaccount=default:trainee');
    expect(await trainee(['exec', 'deployment/web', '--', 'hostname'])).toMatchObject({ code: 0 });
  });

  it('is answered by auth can-i, for itself and for others', async () => {
    expect((await trainee(['auth', 'can-i', 'list', 'pods'])).stdout).toBe('yes\n');
    expect((await trainee(['auth', 'can-i', 'delete', 'pods'])).stdout).toBe('no\n');
    expect(await k('auth', 'can-i', 'list', 'pods', `--as=${user}`)).toBe('yes\n');
    expect((await admin(['auth', 'can-i', 'create', 'pods', `--as=${user}`])).stdout).toBe('no\n');
    expect((await trainee(['auth', 'can-i', '--list'])).stdout).toMatch(/deployments\.apps +\[\] +\[web\] +\[patch\]/);
    expect((await trainee(['auth', 'can-i', '--list'])).stdout).toContain('selfsubjectreviews.authentication.k8s.io');
  });

  it('cannot pretend to be somebody else, as the administrator can', async () => {
    expect(await refusal('get', 'pods', '--as=alice')).toContain(
      'users "alice" is forbidden: User "system:serviceaccount:default:trainee" cannot impersonate resource "users"',
    );
    expect(await k('get', 'nodes', '-o', 'name', '--as=alice', '--as-group=system:masters')).toBe('node/node-1\n');
    await k('create', 'rolebinding', 'lost', '--role=gone', '--user=alice');
    expect((await admin(['get', 'pods', '--as=alice'])).stderr).toContain(
      'in the namespace "default": RBAC: role.rbac.authorization.k8s.io "gone" not found',
    );
  });

  it('loses its rights with the binding and its name with the account', async () => {
    await k('delete', 'rolebinding', 'look');
    expect(await refusal('get', 'pods')).toContain('cannot list resource "pods"');
    await k('delete', 'serviceaccount', 'trainee');
    await k('create', 'serviceaccount', 'trainee');
    expect(await refusal('get', 'pods')).toContain('You must be logged in to the server');
  });
});
