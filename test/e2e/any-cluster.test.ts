/**
 * Labs on clusters that are not their own. The embedded API server, in another process, plays the cluster; stand-ins for
 * docker and k3d build and deliver. In the order of the file; each test stands on the one before.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Verdict } from '../../grader/verdict.ts';
import { createStage, type Stage } from '../helpers/foreign-cluster.ts';

describe('a seat on any cluster', () => {
  let stage: Stage;
  let before: string;
  /** As the trainee, who has a token for one seat; `workshop` is the instructor's context. */
  const seat = (namespace = 'seat-1', context = 'trainee') =>
    `--engine kubeconfig --context ${context} --namespace ${namespace} --images registry.example/team`
      .split(' ')
      .concat('--kubeconfig', join(stage.dirOf('anna'), '..', 'user-config'));
  const adopt = (...args: string[]) =>
    stage.cli(
      'anna',
      'adopt',
      '--context',
      'workshop',
      '--kubeconfig',
      join(stage.dirOf('anna'), '..', 'user-config'),
      ...args,
    );
  const k = async (...args: string[]) => (await stage.kubectl(args)).stdout;
  const everything = () => k('get', 'deploy,rs,po,svc,cm,secret,pvc,ep', '-A', '-o', 'name');

  beforeAll(async () => {
    stage = await createStage();
    // The user has other contexts too, and another one is current.
    const config = parse(await readFile(stage.kubeconfig, 'utf8')) as {
      contexts: { name: string; context: { cluster: string } }[];
      users: object[];
    };
    const [own] = config.contexts;
    await stage.kubectl(['create', 'namespace', 'theirs']);
    await stage.kubectl(['create', 'serviceaccount', 'trainee', '-n', 'theirs']);
    const token = (await k('create', 'token', 'trainee', '-n', 'theirs')).trim();
    const users = [...config.users, { name: 'trainee', user: { token } }];
    const contexts = [
      { ...own, name: 'workshop' },
      { name: 'trainee', context: { cluster: own?.context.cluster, user: 'trainee' } },
      { name: 'company', context: { cluster: 'gone', user: 'gone' } },
    ];
    const userConfig = join(stage.dirOf('anna'), '..', 'user-config');
    await writeFile(userConfig, stringify({ ...config, contexts, users, 'current-context': 'company' }));
    await stage.kubectl(['create', 'configmap', 'keep', '-n', 'theirs', '--from-literal=a=b']);
    before = await everything();
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it('is refused without the mark, and nothing is touched', async () => {
    const started = await stage.cli('anna', 'start', ...seat('seat-1', 'workshop'));
    expect(started.code).toBe(2);
    expect(started.stderr).toContain('The namespace "seat-1" does not exist');
    const other = await stage.cli('anna', 'start', ...seat('theirs', 'workshop'));
    expect(other.stderr).toContain('does not carry the mark of a lab');
    expect(await everything()).toBe(before);
  });

  it('asks before it marks, names the cluster, and takes nothing that is in use', async () => {
    const asked = await adopt('--namespace', 'seat-1');
    expect(asked.code).toBe(2);
    expect(asked.stdout).toMatch(/context "workshop" \(https:\/\/[\s\S]*namespace seat-1 +is made and marked/);
    expect(asked.stderr).toContain('say --yes');
    expect(await k('get', 'namespaces')).not.toContain('seat-1');
    const theirs = await adopt('--namespace', 'theirs', '--yes');
    expect(theirs.stderr).toContain(`The namespace "theirs" is somebody's: it holds ConfigMap keep`);
    expect((await adopt('--namespace', 'kube-system', '--yes')).stderr).toContain(`can't be a seat`);
    const done = await adopt('--namespace', 'seat-1', 'seat-2', '--yes');
    expect(done.code, done.stderr).toBe(0);
    expect(await k('get', 'namespaces', '-l', 'brokenprod.dev/seat=seat-1', '-o', 'name')).toBe(
      'namespace/seat-1\nnamespace/seat-1-lab\n',
    );
  });

  it('says what is wrong with a context, a cluster that is silent, or a token that has expired or may too little', async () => {
    expect((await stage.cli('ben', 'start', ...seat())).stderr).toMatch(
      /does not allow it: namespaces "seat-1" is forbidden/,
    );
    for (const namespace of ['seat-1', 'seat-1-lab']) {
      const rights = ['--clusterrole=admin', '--serviceaccount=theirs:trainee'];
      await stage.kubectl(['create', 'rolebinding', 'trainee', '-n', namespace, ...rights]);
    }
    const userConfig = join(stage.dirOf('anna'), '..', 'user-config');
    const text = await readFile(userConfig, 'utf8');
    const unknown = await stage.cli('ben', 'start', ...seat().with(3, 'workshp'));
    expect(unknown.stderr).toContain('has no whole context "workshp". Known: workshop, trainee, company');
    await writeFile(userConfig, text.replaceAll(/token: .*/g, 'token: expired'));
    expect((await stage.cli('ben', 'start', ...seat())).stderr).toContain('a token may have expired');
    await writeFile(userConfig, text.replace(/server: .*/, 'server: https://127.0.0.1:1'));
    expect((await stage.cli('ben', 'start', ...seat())).stderr).toContain(`can't be reached`);
    await writeFile(userConfig, text);
  });

  it(
    'starts broken on the seat, pulled from a registry, with an entrance on this machine',
    { timeout: 300_000 },
    async () => {
      const started = await stage.cli('anna', 'start', ...seat());
      expect(started.code, started.stderr + started.stdout).toBe(0);
      expect(started.stderr).toContain('8 of 8 faults');
      expect(started.stdout).toContain('kubectl get pods -n seat-1');
      expect(
        await k('get', 'deploy', '-n', 'seat-1', '-o', 'jsonpath={.items[*].spec.template.spec.containers[0].image}'),
      ).toContain('registry.example/team/seat-1/notification-service:v2.0');
      expect(await k('get', 'svc', '-n', 'seat-1')).not.toContain('LoadBalancer');
      expect(await k('get', 'pods', '-n', 'seat-1-lab')).toMatch(/shoppers-\S+ +1\/1 +Running/);
      expect((await stage.cli('anna', 'kubectl', 'get', 'pods')).stdout).toContain('notification-service');
    },
  );

  it('lets nobody else sit down', async () => {
    const second = await stage.cli('ben', 'start', ...seat());
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(/The seat "seat-1" is taken by .*anna, since/);
    expect(await k('get', 'pods', '-n', 'seat-1')).toContain('gateway');
  });

  it('is graded, solved and graded again as on the embedded engine', async () => {
    const broken = await stage.cli('anna', 'grade', '--quick', '--json');
    expect((JSON.parse(broken.stdout) as Verdict).issues.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    const solved = await stage.cli('anna', 'solve', '--yes');
    expect(solved.code, solved.stderr + solved.stdout).toBe(0);
    const repaired = JSON.parse((await stage.cli('anna', 'grade', '--quick', '--json')).stdout) as Verdict;
    expect(repaired.engine).toBe('kubeconfig');
    expect(repaired.issues.map(({ id, verdict }) => [id, verdict])).toEqual(
      repaired.issues.map(({ id }) => [id, 'pass']),
    );
    expect(repaired.orders.succeeded).toBe(repaired.orders.sent);
  }, 300_000);

  it('is broken again after a reset', { timeout: 300_000 }, async () => {
    const reset = await stage.cli('anna', 'reset');
    expect(reset.code, reset.stderr).toBe(0);
    expect(reset.stderr).toContain('8 of 8 faults');
  });

  it('stops, leaving the cluster as it was but for the seats, which adopt takes back', async () => {
    const stopped = await stage.cli('anna', 'stop');
    expect(stopped.stdout, stopped.stderr).toContain('nothing of it runs any more');
    const left =
      (await k('get', 'deploy,po,svc,cm,secret,pvc', '-n', 'seat-1', '-o', 'name')) +
      (await k('get', 'deploy,po,svc,cm,secret,pvc', '-n', 'seat-1-lab', '-o', 'name'));
    expect(left.replaceAll('configmap/kube-root-ca.crt\n', '')).toBe('');
    const undone = await adopt('--namespace', 'seat-1', 'seat-2', '--undo', '--yes');
    expect(undone.stdout).toContain('seat-2-lab: deleted');
    expect(await everything()).toBe(before);
    expect(await readFile(join(stage.dirOf('anna'), '..', 'user-config'), 'utf8')).toContain(
      'current-context: company',
    );
  });
});

describe('a k3d cluster of its own', () => {
  const port = String(20_000 + Math.floor(Math.random() * 20_000));
  let stage: Stage;

  beforeAll(async () => {
    stage = await createStage(port);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  it('is made, filled, broken, repaired and removed by the same commands', async () => {
    const started = await stage.cli('anna', 'start', '--engine', 'k3d');
    expect(started.code, started.stderr + started.stdout).toBe(0);
    expect(started.stderr).toContain('8 of 8 faults');
    const second = await stage.cli('ben', 'start', '--engine', 'k3d');
    expect(second.stderr).toMatch(/a k3d cluster named "brokenprod" already\. It belongs to the lab in .*anna/);
    const solved = await stage.cli('anna', 'solve', '--yes');
    expect(solved.code, solved.stderr + solved.stdout).toBe(0);
    const verdict = JSON.parse((await stage.cli('anna', 'grade', '--quick', '--json')).stdout) as Verdict;
    expect(verdict.engine).toBe('k3d');
    expect(verdict.issues.filter((issue) => issue.verdict !== 'pass')).toEqual([]);
    expect((await stage.cli('anna', 'stop')).code).toBe(0);
    expect(await stage.tools.world()).toMatchObject({ clusters: {}, built: {} });
  }, 300_000);
});
