import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlEnv, kubectlFor, kubectlPath } from '../helpers/kubectl.ts';
import { eventually } from '../helpers/run.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

const manifest = fileURLToPath(new URL('manifests/runtime.yaml', import.meta.url));

describe('containers under kubectl', () => {
  const { lab, k } = useTestCluster();
  let files: string;

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'brokenprod-files-'));
    await k('apply', '-f', manifest);
    await k('wait', 'pod/writer', '--for=condition=Ready', '--timeout=20s');
  });
  afterAll(async () => {
    await rm(files, { recursive: true, force: true });
  });

  it('copies files and folders into a volume and out of it', async () => {
    await mkdir(join(files, 'in', 'deep'), { recursive: true });
    await writeFile(join(files, 'in', 'deep', 'file.txt'), 'hello\n'.repeat(50_000));
    await k('cp', join(files, 'in'), 'writer:/data/in');
    expect(await k('exec', 'writer', '--', 'ls', '/data/in/deep')).toBe('file.txt\n');
    await k('cp', 'writer:/data/in/deep/file.txt', join(files, 'file.txt'));
    expect(await readFile(join(files, 'file.txt'), 'utf8')).toBe('hello\n'.repeat(50_000));
    await k('cp', 'writer:/data/in', join(files, 'out'));
    expect(await readdir(join(files, 'out', 'deep'))).toEqual(['file.txt']);
  });

  it("keeps a container's /tmp apart from the machine's", async () => {
    await writeFile(join(files, 'note'), 'mine');
    await k('cp', join(files, 'note'), 'writer:/tmp/note');
    expect(await k('exec', 'writer', '--', 'cat', '/tmp/note')).toBe('mine');
    await expect(readFile('/tmp/note', 'utf8')).rejects.toThrow('ENOENT');
  });

  it('lets a shell redirect into volumes and read from them', async () => {
    await eventually(
      'a tick in the log',
      () => k('exec', 'writer', '--', 'cat', '/data/log'),
      (log) => log.includes('tick'),
    );
    await k('exec', 'writer', '--', 'sh', '-c', 'echo hello > /data/greeting; cat /data/greeting >> /data/log');
    expect(await k('exec', 'writer', '--', 'tail', '-n', '50', '/data/log')).toContain('hello');
  });

  it.runIf(process.platform === 'linux')("passes the terminal's size on", async () => {
    const line = `stty rows 33 columns 77; ${kubectlPath()} exec -it writer -- sh -c 'sleep 0.5; stty size'`;
    const child = spawn('/usr/bin/script', ['-qec', line, '/dev/null'], {
      env: kubectlEnv(lab.cluster.kubeconfigPath),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(printed).toContain('33 77');
  });

  /** STATUS and READY of a pod, as `kubectl get pods` shows them. */
  const cells = async (pod: string) => (await k('get', 'pod', pod, '--no-headers')).split(/ +/).slice(1, 3).join(' ');
  const field = (pod: string, path: string) => k('get', 'pod', pod, '-o', `jsonpath={${path}}`);
  const until = (pod: string, wanted: string) =>
    eventually(
      `${pod} ${wanted}`,
      () => cells(pod),
      (now) => now === wanted,
    );

  it('counts a sidecar as ready, and ends it when the others have ended', async () => {
    await until('task', '0/2 Error');
    expect(await field('task', '.status.containerStatuses[0].state.terminated.message')).toBe('no rows left\n');
    expect(await field('task', '.status.initContainerStatuses[0].state.terminated.exitCode')).toBe('0');
  });

  it('evicts a pod that fills its emptyDir, and ends one at its deadline', async () => {
    const reason = (pod: string) => () => field(pod, '.status.phase}/{.status.reason');
    await eventually('overdue ends', reason('overdue'), (now) => now === 'Failed/DeadlineExceeded');
    await eventually('hoarder is evicted', reason('hoarder'), (now) => now === 'Failed/Evicted');
    expect(await k('describe', 'pod', 'hoarder')).toMatch(
      /Warning +Evicted .* Usage of EmptyDir volume "cache" exceeds the limit "1Mi"/,
    );
  });

  it('waits for readiness gates, and restarts a container whose image changes', async () => {
    await until('gated', '1/1 Running');
    const ready = '.status.conditions[?(@.type=="Ready")].reason';
    expect(await field('gated', ready)).toBe('ReadinessGatesNotReady');
    const patch = '{"status":{"conditions":[{"type":"example.com/warm","status":"True"}]}}';
    await k('patch', 'pod', 'gated', '--subresource=status', '-p', patch);
    await k('wait', 'pod/gated', '--for=condition=Ready', '--timeout=5s');
    await k('set', 'image', 'pod/gated', 'gated=web:2');
    await eventually(
      'a restart',
      () => field('gated', '.status.containerStatuses[0].restartCount'),
      (n) => n === '1',
    );
    expect(await k('describe', 'pod', 'gated')).toContain('Container gated definition changed, will be restarted');
  });

  it('shows a container that wants more than its CPU limit at that limit', async () => {
    const top = () => k('top', 'pod', 'burner', '--no-headers');
    const text = await eventually('usage of burner', top, (now) => /\d{3}m/.test(now));
    expect(Number(/(\d+)m/.exec(text)?.[1])).toBeLessThan(400);
  });
});

it('goes on after a kill -9 with all that was acknowledged, and starts the containers again', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-killed-'));
  const kubectl = kubectlFor(join(dir, 'kubeconfig'));
  const start = async () => {
    const engine = spawn(process.execPath, [fileURLToPath(new URL('../helpers/engine.ts', import.meta.url)), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(engine.stdout, 'data');
    return engine;
  };
  const pids = () => readdir(join(dir, 'run', 'pids'));
  let engine = await start();
  try {
    await kubectl(['run', 'web', '--image=web:1']);
    await kubectl(['wait', 'pod/web', '--for=condition=Ready', '--timeout=20s']);
    for (let n = 0; n < 5; n++) {
      expect(await kubectl(['create', 'configmap', `c${n}`])).toMatchObject({ code: 0 });
    }
    const [left = ''] = await pids();
    engine.kill('SIGKILL');
    await once(engine, 'exit');
    await eventually(
      'no stray container',
      async () => isAlive(left),
      (alive) => !alive,
      { everyMs: 20, timeoutMs: 3000 },
    );
    engine = await start();
    const { stdout } = await kubectl(['get', 'configmaps', '-o', 'name']);
    for (let n = 0; n < 5; n++) expect(stdout).toContain(`configmap/c${n}\n`);
    const get = () => kubectl(['get', 'pod', 'web', '--no-headers']).then((result) => result.stdout);
    await eventually('web runs again', get, (line) => /^web +1\/1 +Running +1 \(/.test(line));
    const { stdout: described } = await kubectl(['describe', 'pod', 'web']);
    expect(described).toMatch(/Reason: +Unknown\n +Exit Code: +255/);
  } finally {
    engine.kill('SIGTERM');
    await once(engine, 'exit');
    expect(await pids()).toEqual([]);
    await rm(dir, { recursive: true, force: true });
  }
});

/** A process that has ended stays visible until its parent has asked how. */
function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}
