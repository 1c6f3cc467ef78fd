import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { createPodNetwork } from '../../network/create-pod-network.ts';
import { createListInformers, pod, service, slice } from '../../network/testing/fixtures.ts';
import { appletsDirectory } from './applets-directory.ts';

let runDir: string;
let network: Awaited<ReturnType<typeof createPodNetwork>>;
let web: ReturnType<typeof start>;

const program = `
  const answers = { '/broken': [503, 'broken'], '/moved': [302, ''], '/': [200, 'welcome'] };
  require('http').createServer((request, response) => {
    const [code, body] = answers[request.url] ?? [404, ''];
    response.writeHead(code, { Location: '/' }).end(request.method + ' ' + body + '\\n');
  }).listen(8080, () => console.log('up'));`;

beforeAll(async () => {
  runDir = await mkdtemp(path.join(os.tmpdir(), 'applets-'));
  const informers = createListInformers();
  network = await createPodNetwork({
    podCidrs: { 'node-1': '10.42.0.0/24' },
    informers,
    clock: systemClock,
    runDir,
  });
  web = start('web', ['node', '-e', program]);
  await once(web.stdout, 'data');
  informers.set('services', [service('web', '10.43.0.5', 80), service('down', '10.43.0.6', 80)]);
  informers.set('endpointslices', [slice('web', 8080, [{ ip: network.attach(pod('web')).ip }])]);
});

afterAll(async () => {
  web.kill('SIGKILL');
  await network[Symbol.asyncDispose]();
  await rm(runDir, { recursive: true, force: true });
});

function start(podName: string, [file = '', ...args]: string[]) {
  const { env, preload } = network.attach(pod(podName));
  const searched = [appletsDirectory, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter);
  const own = { PATH: searched, PORT: '8080', NODE_OPTIONS: `--require=${JSON.stringify(preload)}` };
  const command = file === 'node' ? process.execPath : path.join(appletsDirectory, file);
  return spawn(command, args, { env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'], cwd: runDir });
}

async function run(...command: string[]): Promise<{ out: string; code: number }> {
  const child = start('client', command);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out: stdout + stderr, code: Number(code) };
}

describe.skipIf(process.platform === 'win32')('applets in a pod', () => {
  it.each([
    [['curl', '-s', 'http://web/'], 0, 'GET welcome\n'],
    [['curl', '-sL', '-d', 'a=1', 'web/moved'], 0, 'GET welcome\n'],
    [['curl', '-so', '/dev/null', '-w', String.raw`%{http_code}\n`, 'web.production/broken'], 0, '503\n'],
    [['curl', '-fsS', 'http://web/broken'], 22, 'curl: (22) The requested URL returned error: 503\n'],
    [['curl', 'http://databse/'], 6, 'curl: (6) Could not resolve host: databse\n'],
    [['curl', '-s', 'http://down/'], 7, ''],
    [['wget', '-qO-', 'http://web/'], 0, 'GET welcome\n'],
    [['wget', '-qO-', 'http://down/'], 1, "wget: can't connect to remote host (10.43.0.6): Connection refused\n"],
    [['wget', '-q', 'web/broken'], 1, 'wget: server returned error: HTTP/1.1 503 Service Unavailable\n'],
    [['nc', '-zv', 'web', '80'], 0, 'web (10.43.0.5:80) open\n'],
    [['nc', '-zv', 'down', '80'], 1, 'nc: down (10.43.0.6:80): Connection refused\n'],
    [['hostname'], 0, 'client\n'],
    [['printenv', 'PORT'], 0, '8080\n'],
  ])('%j ends with %i', async (command, code, out) => {
    expect(await run(...command)).toEqual({ out, code });
  });

  it('curl -m gives up with the words of curl', async () => {
    const { out, code } = await run('curl', '-m', '0.3', 'http://web:81/');
    expect(out).toMatch(/^curl: \(28\) Connection timed out after \d+ milliseconds\n$/);
    expect(code).toBe(28);
  });

  it('nslookup says the full name, and what does not exist', async () => {
    const { out } = await run('nslookup', 'web');
    expect(out).toContain('Name:\tweb.production.svc.cluster.local\nAddress: 10.43.0.5\n');
    const missing = await run('nslookup', 'databse');
    expect(missing.out).toContain("** server can't find databse.production.svc.cluster.local: NXDOMAIN");
    expect(missing.code).toBe(1);
  });

  it('tar packs and unpacks, with long names and links, as the real one reads and writes them', async () => {
    const long = `${'a'.repeat(80)}/${'b'.repeat(80)}.txt`;
    await mkdir(path.join(runDir, 'from', path.dirname(long)), { recursive: true });
    await writeFile(path.join(runDir, 'from', long), 'x'.repeat(100_000));
    await symlink('target', path.join(runDir, 'from', 'link'));
    for (const [packer, unpacker] of [
      ['tar', '/bin/tar'],
      ['/bin/tar', 'tar'],
    ] as const) {
      const to = await mkdtemp(path.join(runDir, 'to-'));
      const line = `${packer} cf - -C from . | ${unpacker} xmf - -C ${to}`;
      expect(await run('env', 'sh', '-c', line)).toEqual({ out: '', code: 0 });
      expect(await readFile(path.join(to, long), 'utf8')).toBe('x'.repeat(100_000));
      expect(await readlink(path.join(to, 'link'))).toBe('target');
    }
    expect(await run('env', 'sh', '-c', 'tar cf - from/none')).toMatchObject({ code: 1 });
  });

  it.each([
    [['test', '-d', '/'], 0],
    [['test', '-f', '/'], 1],
    [['test', '!', '-e', '/nowhere'], 0],
    [['test', '2', '-gt', '10'], 1],
  ])('%j answers with %i', async (command, code) => {
    expect(await run(...command)).toEqual({ out: '', code });
  });

  it('env hides what only the preload reads', async () => {
    const { out } = await run('env');
    expect(out).toContain('PORT=8080');
    expect(out).not.toMatch(/KUBELET|NODE_OPTIONS/);
  });
});
