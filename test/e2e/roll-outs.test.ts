/** What a Deployment, a StatefulSet and a DaemonSet tell of their roll-outs: generations, revisions and deadlines. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createAll, sleeper } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const workload = (kind: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'app' },
  spec: {
    ...spec,
    selector: { matchLabels: { kind } },
    template: {
      metadata: { labels: { kind } },
      spec: { terminationGracePeriodSeconds: 0, containers: [sleeper('app')] },
    },
  },
});

describe('roll-outs under kubectl', () => {
  const { kubectl, k } = useTestCluster();
  const rolledOut = (of = 'deployment/app') => k('rollout', 'status', of, '--timeout=60s');
  const image = () => k('get', 'deployment', 'app', '-o', 'jsonpath={.spec.template.spec.containers[0].image}');
  const replicaSets = async () => (await k('get', 'rs', '-o', 'name')).trim().split('\n').length;
  const version = async (value: string) => {
    await k('set', 'env', 'deployment/app', `VERSION=${value}`);
    await rolledOut();
  };
  /** The numbers that `rollout history` shows. */
  const revisions = async () =>
    [...(await k('rollout', 'history', 'deployment/app')).matchAll(/^(\d+) /gm)].map(([, number]) => Number(number));

  beforeAll(async () => {
    await createAll(
      kubectl,
      workload('Deployment', { revisionHistoryLimit: 2, progressDeadlineSeconds: 600 }),
      workload('StatefulSet', { serviceName: 'app' }),
      workload('DaemonSet'),
    );
  });

  it.for(['deployment', 'statefulset', 'daemonset'])(
    '%s: a new generation is a new spec, and it is said when it was seen',
    async (kind) => {
      const generations = () =>
        k('get', kind, 'app', '-o', 'jsonpath={.metadata.generation} {.status.observedGeneration}');
      await rolledOut(`${kind}/app`);
      const [before = ''] = (await generations()).split(' ');
      await k('annotate', kind, 'app', 'note=seen');
      expect((await generations()).split(' ')[0]).toBe(before);
      await k('set', 'env', `${kind}/app`, 'VERSION=1');
      await rolledOut(`${kind}/app`);
      const next = String(Number(before) + 1);
      expect(await generations()).toBe(`${next} ${next}`);
    },
  );

  it('history goes back as far as its limit, and a cause is shown', async () => {
    await version('2');
    await k('annotate', 'deployment', 'app', 'kubernetes.io/change-cause=faster');
    await version('3');
    await version('4');
    await eventually(
      'old sets are removed',
      async () => ({ sets: await replicaSets(), shown: await revisions() }),
      ({ sets }) => sets === 5 - 2,
    );
    expect(await revisions()).toEqual([3, 4, 5]);
    expect(await k('rollout', 'history', 'deployment/app')).toMatch(/^3 +faster$/m);
    expect(await k('rollout', 'history', 'deployment/app', '--revision=4')).toMatch(/VERSION:\t3\n/);
    await k('rollout', 'undo', 'deployment/app', '--to-revision=4');
    await rolledOut();
    expect(await revisions()).toEqual([3, 5, 6]);
    expect(await k('get', 'deployment', 'app', '-o', 'jsonpath={.spec.template.spec.containers[0].env[0].value}')).toBe(
      '3',
    );
    expect((await kubectl(['rollout', 'undo', 'deployment/app', '--to-revision=2'])).stderr).toBe(
      'error: unable to find specified revision 2 in history\n',
    );
  });

  it('one that gets nowhere is given up after its deadline, and the old pods go on', async () => {
    await k('patch', 'deployment', 'app', '-p', '{"spec":{"progressDeadlineSeconds":2}}');
    await k('set', 'image', 'deployment/app', 'app=toolbox:missing');
    const status = await kubectl(['rollout', 'status', 'deployment/app', '--timeout=60s']);
    expect(status).toMatchObject({ code: 1, stderr: 'error: deployment "app" exceeded its progress deadline\n' });
    expect(await k('describe', 'deployment', 'app')).toMatch(/Progressing +False +ProgressDeadlineExceeded\n/);
    const message = 'jsonpath={.status.conditions[?(@.type=="Progressing")].message}';
    expect(await k('get', 'deployment', 'app', '-o', message)).toMatch(
      /^ReplicaSet "app-\w+" has timed out progressing\.$/,
    );
    expect(await k('get', 'deployment', 'app', '--no-headers')).toMatch(/^app +1\/1 +1 +1 /);
    await k('patch', 'deployment', 'app', '-p', '{"spec":{"progressDeadlineSeconds":600}}');
    await k('rollout', 'undo', 'deployment/app');
    await rolledOut();
    expect(await image()).toBe('toolbox');
  });

  it('a paused one waits, and takes all that has changed at once when it goes on', async () => {
    const newest = async () => (await revisions()).at(-1) ?? 0;
    const before = await newest();
    await k('rollout', 'pause', 'deployment/app');
    await k('set', 'env', 'deployment/app', 'VERSION=paused');
    await k('set', 'env', 'deployment/app', 'MORE=1');
    expect((await kubectl(['rollout', 'undo', 'deployment/app'])).stderr).toBe(
      "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again\n",
    );
    expect(await k('describe', 'deployment', 'app')).toMatch(/Progressing +Unknown +DeploymentPaused\n/);
    // The oldest may be gone: as long as nothing is made of the new template, what runs counts as old.
    expect(await newest()).toBe(before);
    await k('rollout', 'resume', 'deployment/app');
    await rolledOut();
    expect(await newest()).toBe(before + 1);
  });
});
