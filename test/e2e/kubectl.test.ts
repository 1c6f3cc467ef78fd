import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlEnv, kubectlPath, kubectlVersions, type KubectlVersion } from '../helpers/kubectl.ts';
import { eventually, type Finished } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/web.yaml', import.meta.url));

describe.for(kubectlVersions)('kubectl %s against the embedded engine', (version) => {
  const { lab, kubectl, k } = useTestCluster({ version });
  const rolledOut = () => k('rollout', 'status', 'deployment/web', '--timeout=30s');
  const image = () => k('get', 'deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');

  beforeAll(async () => {
    await k('apply', '-f', manifest);
    await rolledOut();
  });

  it('applies a second time without a change, and diff agrees', async () => {
    expect(await k('apply', '-f', manifest)).toBe('deployment.apps/web unchanged\nservice/web unchanged\n');
    expect(await k('diff', '-f', manifest)).toBe('');
  });

  it('gets in every form', async () => {
    expect(await k('get', 'pods')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE\nweb-\w+-\w{5} +1\/1 +Running +0 +\d+s\n$/,
    );
    expect(await k('get', 'pods', '-o', 'wide', '--show-labels')).toContain('pod-template-hash=');
    expect(await k('get', 'all')).toContain('deployment.apps/web');
    expect(await k('get', 'deploy', 'web', '-o', 'yaml')).toContain('progressDeadlineSeconds: 600');
    expect(await k('get', 'deploy,svc', '-o', 'name')).toContain('deployment.apps/web\n');
    expect(await k('get', 'pods', '-l', 'app=web', '-o', 'custom-columns=N:.metadata.labels.app', '--no-headers')).toBe(
      'web\n',
    );
    expect(
      await k('get', 'pods', '-A', '--sort-by=.metadata.name', '--field-selector', 'status.phase=Running'),
    ).toContain('web-');
    expect(await k('get', 'endpoints', 'web')).toMatch(/\d+\.\d+\.\d+\.\d+:3000/);
  });

  it('describes what there is, with events', async () => {
    expect(await k('describe', 'deployment', 'web')).toContain('Scaled up replica set');
    expect(await k('describe', 'pod', '-l', 'app=web')).toMatch(
      /Readiness: +http-get http:\/\/:3000\/ delay=0s timeout=1s period=1s/,
    );
    expect(await k('describe', 'svc', 'web')).toContain('Endpoints:');
    expect(await k('describe', 'node')).toContain('Allocatable:');
    expect(await k('events')).toContain('ScalingReplicaSet');
  });

  it('reads logs, with options', async () => {
    expect(await k('logs', 'deployment/web', '--tail=1')).toMatch(/listening on 3000|GET \//);
    expect(await k('logs', '-l', 'app=web', '--timestamps', '--tail=-1')).toMatch(
      /^\d{4}-\d\d-\d\dT\S+Z listening on 3000$/m,
    );
    const previous = await kubectl(['logs', 'deployment/web', '--previous']);
    expect(previous.stderr).toContain('previous terminated container "web" in pod');
  });

  it('executes commands in a container, with input, output and exit code', async () => {
    expect(await k('exec', 'deployment/web', '--', 'env')).toContain('GREETING=web\n');
    expect(await k('exec', 'deployment/web', '--', 'env')).not.toMatch(/KUBELET|NODE_OPTIONS/);
    const cat = await kubectl(['exec', '-i', 'deployment/web', '--', 'cat'], { input: 'through stdin' });
    expect(cat.stdout).toBe('through stdin');
    expect(await kubectl(['exec', 'deployment/web', '--', 'sh', '-c', 'exit 7'])).toMatchObject({ code: 7 });
    expect(await k('exec', 'deployment/web', '--', 'curl', '-s', 'http://web.default')).toBe('hello from web\n');
  });

  it('forwards a port', async () => {
    await using forward = await startForward(version, lab.cluster.kubeconfigPath);
    const answer = await fetch(`http://127.0.0.1:${forward.port}/through-forward`);
    expect(await answer.text()).toBe('hello from web\n');
  });

  it('changes images, environment and resources, each with a roll-out', async () => {
    await k('set', 'image', 'deployment/web', 'web=web:2');
    await rolledOut();
    expect(await image()).toBe('web:2');
    await k('set', 'env', 'deployment/web', 'GREETING=changed');
    await k('set', 'resources', 'deployment/web', '--limits=memory=160Mi');
    await rolledOut();
    expect(await k('get', 'pods', '-o', 'jsonpath={.items[0].spec.containers[0].resources.limits.memory}')).toBe(
      '160Mi',
    );
  });

  it('shows history, undoes, pauses, resumes and restarts', async () => {
    expect(await k('rollout', 'history', 'deployment/web')).toMatch(/REVISION +CHANGE-CAUSE\n1 /);
    await k('rollout', 'undo', 'deployment/web', '--to-revision=1');
    await rolledOut();
    expect(await image()).toBe('web:1');
    await k('rollout', 'pause', 'deployment/web');
    await k('rollout', 'resume', 'deployment/web');
    await k('rollout', 'restart', 'deployment/web');
    await rolledOut();
  });

  it('scales, waits, and shows a bad roll-out beside the old pods', async () => {
    await k('scale', 'deployment/web', '--replicas=2');
    await k('wait', '--for=jsonpath={.status.readyReplicas}=2', 'deployment/web', '--timeout=30s');
    await k('set', 'image', 'deployment/web', 'web=web:missing');
    await eventually(
      'the pull fails',
      () => k('get', 'pods'),
      (pods) => /ErrImagePull|ImagePullBackOff/.test(pods),
    );
    expect(await k('get', 'deployment', 'web', '--no-headers')).toMatch(/^web +2\/2 +1 +2 /);
    await k('rollout', 'undo', 'deployment/web');
    await rolledOut();
    await k('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s');
  });

  it('patches in three ways, labels and annotates', async () => {
    await k(
      'patch',
      'deployment',
      'web',
      '-p',
      '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"A","value":"1"}]}]}}}}',
    );
    expect(await k('get', 'deploy', 'web', '-o', 'jsonpath={.spec.template.spec.containers[0].env[*].name}')).toContain(
      'GREETING',
    );
    await k('patch', 'svc', 'web', '--type=merge', '-p', '{"metadata":{"labels":{"merged":"yes"}}}');
    await k('patch', 'svc', 'web', '--type=json', '-p', '[{"op":"replace","path":"/spec/ports/0/port","value":81}]');
    expect(await k('get', 'svc', 'web', '-L', 'merged')).toMatch(/81\/TCP.*yes/);
    await k('label', 'svc', 'web', 'tier=front');
    await k('annotate', 'svc', 'web', 'note=seen');
    expect(await k('get', 'svc', 'web', '-o', 'jsonpath={.metadata.labels.tier}{.metadata.annotations.note}')).toBe(
      'frontseen',
    );
  });

  it('edits in an editor, and says what is wrong with a wrong edit', async () => {
    const editor = join(lab.dir, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/tier: front/tier: back/" "$1"\n');
    await chmod(editor, 0o755);
    const edited = await kubectl(['edit', 'svc', 'web'], { env: { KUBE_EDITOR: editor } });
    expect(edited, edited.stderr).toMatchObject({ code: 0 });
    expect(await k('get', 'svc', 'web', '-o', 'jsonpath={.metadata.labels.tier}')).toBe('back');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/port: 81/port: 99999/" "$1"\n');
    const wrong = await kubectl(['edit', 'svc', 'web'], { env: { KUBE_EDITOR: editor } });
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('error: services "web" is invalid');
  });

  it('creates, replaces and deletes', async () => {
    await k('create', 'configmap', 'settings', '--from-literal=mode=fast', '--from-literal=empty=');
    expect(await k('get', 'configmap', 'settings', '-o', 'jsonpath={.data}')).toBe('{"empty":"","mode":"fast"}');
    await k('create', 'secret', 'generic', 'password', '--from-literal=value=hunter2');
    await k('create', 'namespace', 'elsewhere');
    await k('create', 'deployment', 'other', '--image=web:1', '-n', 'elsewhere');
    await k('rollout', 'status', 'deployment/other', '-n', 'elsewhere', '--timeout=30s');
    const file = join(lab.dir, 'settings.yaml');
    await writeFile(file, (await k('get', 'configmap', 'settings', '-o', 'yaml')).replace('mode: fast', 'mode: slow'));
    await k('replace', '-f', file);
    expect(await k('get', 'configmap', 'settings', '-o', 'jsonpath={.data.mode}')).toBe('slow');
    await k('delete', 'configmap', 'settings');
    await k('delete', 'namespace', 'elsewhere', '--timeout=60s');
    expect(await kubectl(['get', 'ns', 'elsewhere'])).toMatchObject({
      code: 1,
      stderr: 'Error from server (NotFound): namespaces "elsewhere" not found\n',
    });
  });

  it('applies server-side and reports the conflict of two owners', async () => {
    await k('delete', 'svc', 'web');
    await k('apply', '--server-side', '--force-conflicts', '-f', manifest);
    await k('scale', 'deployment/web', '--replicas=3');
    const conflict = await kubectl(['apply', '--server-side', '--field-manager=ci', '-f', manifest]);
    expect(conflict.stderr).toContain('.spec.replicas');
    await k('scale', 'deployment/web', '--replicas=1');
  });

  it('explains, says what one may do, and measures', async () => {
    expect(await k('explain', 'pod.spec.containers.livenessProbe.periodSeconds')).toMatch(
      /FIELD: +periodSeconds <integer>/,
    );
    expect(await k('auth', 'can-i', 'delete', 'pods')).toBe('yes\n');
    expect(await k('api-resources')).toContain('deployments');
    await eventually(
      'metrics',
      () => kubectl(['top', 'pods']),
      (top: Finished) => /web-\S+ +\d+m +\d+Mi/.test(top.stdout),
    );
    expect(await k('top', 'nodes')).toMatch(/%/);
  });

  it('refuses nonsense in one clear sentence', async () => {
    const messages: [string, string[], string?][] = [
      ['the server doesn\'t have a resource type "podz"', ['get', 'podz']],
      ['Error from server (NotFound): pods "nope" not found', ['get', 'pod', 'nope']],
      [
        'no matches for kind "Deploymentt" in version "apps/v1"',
        ['apply', '-f', '-'],
        'apiVersion: apps/v1\nkind: Deploymentt\nmetadata: {name: x}\n',
      ],
      [
        'unknown field "spec.replicass"',
        ['apply', '-f', '-'],
        (await readFile(manifest, 'utf8')).replace('replicas: 1', 'replicass: 1'),
      ],
      ['error: error parsing', ['apply', '-f', '-'], 'apiVersion: v1\n  kind: : Pod\n'],
    ];
    for (const [message, args, input] of messages) {
      const result = await kubectl(args, input === undefined ? {} : { input });
      expect(result.code).not.toBe(0);
      expect(result.stderr.toLowerCase()).toContain(message.toLowerCase());
    }
  });

  it('deletes the workload with all that belongs to it', async () => {
    await k('delete', '-f', manifest);
    await eventually(
      'pods and replica sets are gone',
      () => k('get', 'pods,rs', '-o', 'name'),
      (names) => names === '',
    );
  });
});

/** `kubectl port-forward` on a port of its choice, ended with the scope. */
async function startForward(version: KubectlVersion, kubeconfig: string): Promise<{ port: string } & AsyncDisposable> {
  const child = spawn(kubectlPath(version), ['port-forward', 'svc/web', ':80'], {
    env: kubectlEnv(kubeconfig, version),
  });
  const port = await new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const line = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(output);
      if (line) resolve(line[1]!);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', () => reject(new Error(`port-forward ended: ${output}`)));
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await closed;
    },
  };
}
