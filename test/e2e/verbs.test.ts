import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlEnv, kubectlPath } from '../helpers/kubectl.ts';
import { createAll, sleeper } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/web.yaml', import.meta.url));

describe('the verbs that are used seldom', () => {
  const { lab, kubectl, k } = useTestCluster();
  const children = new Set<ChildProcess>();

  /** A kubectl that goes on until it is ended, and what it has printed so far. */
  function follow(...args: string[]): {
    printed: () => string;
    input: (text: string) => void;
    end: () => Promise<void>;
  } {
    const child = spawn(kubectlPath(), args, { env: kubectlEnv(lab.cluster.kubeconfigPath) });
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece: Buffer) => (printed += piece.toString()));
    children.add(child);
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    return {
      printed: () => printed,
      input: (text) => void child.stdin.write(text),
      end: () => (child.kill(), closed),
    };
  }
  const until = (printed: () => string, pattern: RegExp) =>
    eventually(
      String(pattern),
      () => Promise.resolve(printed()),
      (text) => pattern.test(text),
    );

  beforeAll(async () => {
    await k('apply', '-f', manifest);
    await k('rollout', 'status', 'deployment/web', '--timeout=60s');
  });
  afterAll(async () => {
    for (const child of children) child.kill();
  });

  it('kustomize: builds, applies and deletes a folder', async () => {
    const folder = join(lab.dir, 'kustomize');
    await mkdir(folder);
    await cp(manifest, join(folder, 'web.yaml'));
    const patch = '[{"op":"replace","path":"/spec/replicas","value":0}]';
    const lines = [
      'resources: [web.yaml]',
      'namePrefix: other-',
      'patches:',
      `- patch: '${patch}'`,
      '  target: {kind: Deployment}',
    ];
    await writeFile(join(folder, 'kustomization.yaml'), `${lines.join('\n')}\n`);
    expect(await k('kustomize', folder)).toContain('name: other-web');
    expect(await k('apply', '-k', folder)).toBe('service/other-web created\ndeployment.apps/other-web created\n');
    expect(await k('get', 'deployment', 'other-web', '-o', 'jsonpath={.spec.replicas}')).toBe('0');
    expect(await k('delete', '-k', folder)).toContain('deployment.apps "other-web" deleted');
  });

  it('diff: shows what an apply would change, and changes nothing', async () => {
    const file = join(lab.dir, 'changed.yaml');
    await writeFile(file, (await readFile(manifest, 'utf8')).replace('value: web', 'value: changed'));
    const diff = await kubectl(['diff', '-f', file]);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toMatch(/^-\s+value: web\n\+\s+value: changed$/m);
    expect(await k('apply', '-f', manifest)).toContain('deployment.apps/web unchanged');
  });

  it('apply --validate=warn: takes what it knows and says what it does not', async () => {
    const input = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: typo}\ndatta: {a: b}\n';
    expect(await kubectl(['apply', '--validate=warn', '-f', '-'], { input })).toMatchObject({
      code: 0,
      stdout: 'configmap/typo created\n',
      stderr: 'Warning: unknown field "datta"\n',
    });
  });

  it('exec over SPDY, as older clients speak it', async () => {
    const env = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };
    const cat = await kubectl(['exec', '-i', 'deployment/web', '--', 'sh', '-c', 'cat; exit 5'], {
      input: 'by SPDY',
      env,
    });
    expect(cat).toMatchObject({ code: 5, stdout: 'by SPDY' });
  });

  it('logs: of all containers, of one, and with the name of each', async () => {
    const talks = (name: string) => sleeper(name, { command: ['sh', '-c', `echo I am ${name}; sleep 3600`] });
    const spec = { terminationGracePeriodSeconds: 0, containers: [talks('one'), talks('two')] };
    await createAll(kubectl, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'pair' }, spec });
    await k('wait', '--for=condition=Ready', 'pod/pair', '--timeout=60s');
    const all = await eventually(
      'both have spoken',
      () => k('logs', 'pair', '--all-containers', '--prefix'),
      (text) => text.split('\n').length > 2,
    );
    // kubectl asks in any order.
    expect(all.trim().split('\n').toSorted()).toEqual(['[pod/pair/one] I am one', '[pod/pair/two] I am two']);
    expect(await k('logs', 'pair', '-c', 'two')).toBe('I am two\n');
    expect((await kubectl(['logs', 'pair'])).stderr).toBe('Defaulted container "one" out of: one, two\n');
    expect(await k('exec', 'pair', '-c', 'two', '--', 'hostname')).toBe('pair\n');
    await k('delete', 'pod', 'pair');
  });

  it('apply --prune: removes what the files no longer have', async () => {
    const both = ['first', 'second'].map(
      (name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: a}}\n`,
    );
    const file = join(lab.dir, 'set.yaml');
    await writeFile(file, both.join('---\n'));
    const prune = ['apply', '-f', file, '--prune', '-l', 'set=a', '--prune-allowlist=core/v1/ConfigMap'];
    await k(...prune);
    await writeFile(file, both[0]!);
    expect(await k(...prune)).toBe('configmap/first unchanged\nconfigmap/second pruned\n');
  });

  it('apply view-last-applied and set-last-applied: what was applied, and another of it', async () => {
    expect(await k('apply', 'view-last-applied', 'service/web')).toContain('targetPort: 3000');
    expect(await k('apply', 'set-last-applied', '-f', manifest)).toContain('service/web configured');
  });

  it('replace --force: deletes and makes anew', async () => {
    const uid = () => k('get', 'service', 'web', '-o', 'jsonpath={.metadata.uid}');
    const before = await uid();
    const service = join(lab.dir, 'service.json');
    await writeFile(service, await k('get', 'service', 'web', '-o', 'json'));
    expect(await k('replace', '--force', '-f', service)).toBe(
      'service "web" deleted from default namespace\nservice/web replaced\n',
    );
    expect(await uid()).not.toBe(before);
  });

  it('set selector, serviceaccount and subject', async () => {
    await k('set', 'selector', 'service', 'web', 'app=web,tier=front');
    expect(await k('get', 'service', 'web', '-o', 'jsonpath={.spec.selector}')).toBe('{"app":"web","tier":"front"}');
    await k('set', 'selector', 'service', 'web', 'app=web');
    await k('create', 'serviceaccount', 'worker');
    await k('set', 'serviceaccount', 'deployment/web', 'worker');
    await k('rollout', 'status', 'deployment/web', '--timeout=60s');
    await k('create', 'role', 'reader', '--verb=get', '--resource=pods');
    await k('create', 'rolebinding', 'readers', '--role=reader', '--user=ann');
    await k('set', 'subject', 'rolebinding', 'readers', '--serviceaccount=default:worker');
    expect(await k('auth', 'can-i', 'get', 'pods', '--as=system:serviceaccount:default:worker')).toBe('yes\n');
  });

  it('auth reconcile: makes a role what the file says', async () => {
    const role =
      'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: reader, namespace: default}\nrules:\n- {apiGroups: [""], resources: [pods], verbs: [get, list]}\n';
    const file = join(lab.dir, 'role.yaml');
    await writeFile(file, role);
    expect(await k('auth', 'reconcile', '-f', file)).toContain('role.rbac.authorization.k8s.io/reader reconciled');
    expect(await k('auth', 'can-i', 'list', 'pods', '--as=system:serviceaccount:default:worker')).toBe('yes\n');
  });

  it('get --watch: prints a row for each change', async () => {
    const watch = follow('get', 'configmaps', '--watch', '--output-watch-events');
    await until(watch.printed, /ADDED +first/);
    await k('create', 'configmap', 'watched');
    await k('delete', 'configmap', 'watched');
    expect(await until(watch.printed, /ADDED +watched[^]*DELETED +watched/)).not.toContain('error');
    await watch.end();
  });

  it('attach: shows what a container prints and gives it input', async () => {
    await k(
      'run',
      'talker',
      '--image=toolbox',
      '--stdin',
      '--attach=false',
      '--restart=Never',
      '--command',
      '--',
      'sh',
      '-c',
      'cat',
    );
    await k('wait', '--for=condition=Ready', 'pod/talker', '--timeout=60s');
    const attached = follow('attach', '--stdin', 'talker');
    await until(attached.printed, /If you don't see a command prompt|^$/);
    attached.input('said by attach\n');
    expect(await until(attached.printed, /said by attach/)).not.toContain('error');
    await attached.end();
    await k('delete', 'pod', 'talker', '--force');
  });

  it('proxy: opens the API on a port, without a token', async () => {
    const proxy = follow('proxy', '--port=0');
    const printed = await until(proxy.printed, /Starting to serve on (\S+)/);
    const [, address] = /Starting to serve on (\S+)/.exec(printed) ?? [];
    const answer = await fetch(`http://${address}/api/v1/namespaces/default/services/web:80/proxy/through-proxy`);
    expect(await answer.text()).toBe('hello from web\n');
    await proxy.end();
  });

  it('tells of itself: cluster-info, api-versions, raw paths, options', async () => {
    expect(await k('cluster-info')).toContain('is running at');
    expect((await k('api-versions')).split('\n')).toEqual(expect.arrayContaining(['apps/v1', 'batch/v1', 'v1']));
    expect(await k('get', '--raw', '/readyz')).toBe('ok');
    expect(await k('get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes')).toContain('NodeMetricsList');
    expect(await k('version', '-o', 'json')).toContain('"serverVersion"');
  });

  it('completes names, as a shell asks when Tab is pressed', async () => {
    expect(await k('__complete', 'logs', 'web-')).toMatch(/^web-\w+-\w{5}\n/);
    expect(await k('__complete', 'rollout', 'status', 'deployment/')).toMatch(/^deployment\/web\n/m);
    expect(await k('__complete', 'get', 'pods', '-n', 'kube-')).toMatch(/^kube-system\n/m);
  });

  it('explains every kind that is served', async () => {
    const names = (await k('api-resources', '-o', 'name', '--verbs=create,get')).trim().split('\n');
    expect(names.length).toBeGreaterThan(25);
    for (const name of names) expect(await k('explain', name), name).toMatch(/FIELDS:\n[^]*apiVersion/);
    expect(await k('explain', 'deployment.spec.strategy.rollingUpdate', '--recursive')).toContain('maxSurge');
    expect(await k('explain', 'pod.spec.restartPolicy')).toContain('ENUM:\n    Always\n    Never\n    OnFailure\n');
  });
});
