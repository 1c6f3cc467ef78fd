import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster, type TestCluster } from '../helpers/cluster.ts';
import { kubectlFor, kubectlPath, type Kubectl } from '../helpers/kubectl.ts';
import { eventually } from '../helpers/run.ts';

const manifest = fileURLToPath(new URL('manifests/runtime.yaml', import.meta.url));

describe('containers under kubectl', () => {
  let lab: TestCluster;
  let kubectl: Kubectl;
  let files: string;

  /** Runs kubectl and expects success; returns what it printed. */
  const k = async (...args: string[]): Promise<string> => {
    const result = await kubectl(args);
    expect(result, `kubectl ${args.join(' ')}\n${result.stderr}`).toMatchObject({ code: 0 });
    return result.stdout;
  };

  beforeAll(async () => {
    lab = await startTestCluster();
    kubectl = kubectlFor(lab.cluster.kubeconfigPath);
    files = await mkdtemp(join(tmpdir(), 'brokenprod-files-'));
    await k('apply', '-f', manifest);
    await k('wait', 'pod/writer', '--for=condition=Ready', '--timeout=20s');
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
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
      env: { ...process.env, KUBECONFIG: lab.cluster.kubeconfigPath },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(printed).toContain('33 77');
  });
});
