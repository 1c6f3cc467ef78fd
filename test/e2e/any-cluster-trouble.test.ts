/**
 * What goes wrong on clusters that are not the lab's own: each is told in a sentence, and nothing half-made stays. The
 * trainee has what `adopt --access` wrote, and no other right.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../helpers/foreign-cluster.ts';
import type { Finished } from '../helpers/run.ts';

describe('trouble on a seat', () => {
  let stage: Stage;
  let accessDir: string;
  const k = async (...args: string[]) => (await stage.kubectl(args)).stdout;
  const adopt = (...args: string[]) =>
    stage.cli('anna', 'adopt', '--context', 'embedded', '--kubeconfig', stage.kubeconfig, '--yes', ...args);
  const start = (folder: 'anna' | 'ben', namespace: string, ...more: string[]) => {
    const seat = `--engine kubeconfig --context ${namespace} --namespace ${namespace} --images registry.example/team`;
    const kubeconfig = join(accessDir, `${namespace}.kubeconfig`);
    return stage.cli(folder, 'start', ...more, ...seat.split(' '), '--kubeconfig', kubeconfig);
  };
  /** All that labs make in a seat. */
  const left = async (namespace: string) => {
    const kinds = 'deploy,rs,po,svc,secret,pvc,netpol,hpa,cm,quota';
    const names = await Promise.all(
      [namespace, `${namespace}-lab`].map((one) => k('get', kinds, '-n', one, '-o', 'name')),
    );
    return names.join('').replaceAll('configmap/kube-root-ca.crt\n', '').trim();
  };
  /** One sentence and what to do; no stack. */
  const said = ({ code, stderr }: Finished, sentence: RegExp) => {
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/mistake in brokenprod|\n {4}at /);
    expect(code).toBe(2);
  };

  beforeAll(async () => {
    stage = await createStage();
    accessDir = join(stage.dirOf('anna'), 'seats');
    const context = (await k('config', 'current-context')).trim();
    await stage.kubectl(['config', 'rename-context', context, 'embedded']);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it('adopt gives each trainee a kubeconfig that reaches one seat and nothing else', async () => {
    const adopted = await adopt('--namespace', 'one', 'two', 'three', '--access', accessDir, '--days', '2');
    expect(adopted.code, adopted.stderr).toBe(0);
    expect(adopted.stdout).toMatch(/service account brokenprod-trainee[\s\S]*one\.kubeconfig +until 2/);
    const file = join(accessDir, 'one.kubeconfig');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const may = async (...args: string[]) =>
      (await stage.kubectl(['auth', 'can-i', '--kubeconfig', file, ...args])).stdout.trim();
    expect(await may('create', 'deployments', '-n', 'one')).toBe('yes');
    expect(await may('create', 'deployments', '-n', 'one-lab')).toBe('yes');
    expect(await may('create', 'resourcequotas', '-n', 'one')).toBe('yes');
    expect(await may('get', 'pods', '-n', 'two')).toBe('no');
    expect(await may('list', 'pods', '-A')).toBe('no');
    expect(await may('create', 'rolebindings', '-n', 'kube-system')).toBe('no');
    expect(JSON.parse((await adopt('--namespace', 'one', '--access', accessDir, '--json')).stdout)).toMatchObject({
      namespaces: [{ action: 'nothing' }, { action: 'nothing' }],
      access: [{ seat: 'one', file }],
    });
  });

  it('tells an image that the nodes cannot pull, and takes everything back', async () => {
    await stage.tools.behave({ push: 'not-for-nodes' });
    const started = await start('anna', 'one');
    await stage.tools.behave({});
    said(started, /(ErrImagePull|ImagePullBackOff): .*registry.example.*and 6 more did not become available/);
    expect(await left('one')).toBe('');
  }, 180_000);

  it('tells a quota that is too small in the words of the cluster, and takes everything back', async () => {
    await stage.kubectl(['create', 'quota', 'small', '-n', 'one', '--hard=pods=3']);
    said(
      await start('anna', 'one'),
      /exceeded quota: small, requested: pods=1, used: pods=3, limited: pods=3.*did not become available/,
    );
    expect(await left('one')).toBe('resourcequota/small');
    await stage.kubectl(['delete', 'quota', 'small', '-n', 'one']);
  }, 180_000);

  it('lets one of two sit down who come in the same moment, and keeps a volume that is not the lab\u2019s', async () => {
    const volume = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'theirs', namespace: 'two' } };
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
    const file = join(stage.dirOf('anna'), 'volume.json');
    await writeFile(file, JSON.stringify({ ...volume, spec }));
    await stage.kubectl(['apply', '-f', file]);
    const uid = await k('get', 'pvc', 'theirs', '-n', 'two', '-o', 'jsonpath={.metadata.uid}');

    const both = await Promise.all([
      start('anna', 'two', '--fault', 'slow-query'),
      start('ben', 'two', '--fault', 'slow-query'),
    ]);
    expect(
      both.map(({ code }) => code).toSorted((one, other) => one - other),
      both.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 2]);
    const [first, second] = both[0].code === 0 ? (['anna', 'ben'] as const) : (['ben', 'anna'] as const);
    said(both[first === 'anna' ? 1 : 0], /The seat "two" is taken by .*, since/);
    expect((await stage.cli(second, 'status')).stdout).toContain('No lab runs here');

    const reset = await stage.cli(first, 'reset');
    expect(reset.code, reset.stderr).toBe(0);
    expect(await k('get', 'pvc', 'theirs', '-n', 'two', '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
    expect((await stage.cli(first, 'stop')).code).toBe(0);
    expect(await left('two')).toBe('persistentvolumeclaim/theirs');
  }, 300_000);

  it('says what to do when the token expires during a run, and clears the seat with a new one', async () => {
    const started = await start('anna', 'three', '--fault', 'env-missing');
    expect(started.code, started.stderr).toBe(0);
    const own = join(stage.dirOf('anna'), '.brokenprod', 'kubeconfig');
    const text = await readFile(own, 'utf8');
    await writeFile(own, text.replace(/token: .*/, 'token: expired'));
    said(await stage.cli('anna', 'timeline'), /does not take the lab's credentials any more/);
    said(await stage.cli('anna', 'reset'), /does not take the lab's credentials any more/);
    await writeFile(own, text);
    expect((await stage.cli('anna', 'timeline')).code).toBe(0);
  }, 180_000);

  it('takes away a trainee\u2019s rights with the seat', async () => {
    expect((await adopt('--namespace', 'one', '--undo')).code).toBe(0);
    const pods = await stage.kubectl(['get', 'pods', '-n', 'one', '--kubeconfig', join(accessDir, 'one.kubeconfig')]);
    expect(pods.stderr).toContain('must be logged in');
  });

  it('says that the cluster is gone when it dies during a run, and what may be left there', async () => {
    await stage.killCluster();
    const status = await stage.cli('anna', 'status');
    expect(status.stdout).toContain('runs but does not answer');
    said(await stage.cli('anna', 'timeline'), /the cluster at https:.* does not answer/);
    said(await stage.cli('anna', 'reset'), /the cluster at https:.* does not answer/);
    expect((await stage.cli('anna', 'grade', '--quick')).code).toBe(2);
    const stopped = await stage.cli('anna', 'stop');
    expect(stopped.stdout + stopped.stderr).toMatch(
      /three and three-lab could not be cleared .*adopt --context three --namespace three --undo/,
    );
    expect((await stage.cli('anna', 'status')).stdout).toContain('No lab runs here');
  }, 180_000);
});
