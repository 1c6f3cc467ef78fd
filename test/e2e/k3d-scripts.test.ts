/** The real scripts against stand-ins for docker, k3d and kubectl that note their calls and fail as the real ones do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, run, type Finished } from '../helpers/run.ts';
import { createStandIns, type StandIns } from '../helpers/stand-ins.ts';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));
const shop = ['gateway', 'api-service', 'auth-service', 'order-service', 'database-service', 'notification-service'];

let tools: StandIns;
let lab: string;

beforeEach(async () => {
  tools = await createStandIns();
  lab = await mkdtemp(join(tmpdir(), 'brokenprod-lab-'));
});
afterEach(async () => {
  await tools[Symbol.asyncDispose]();
  await rm(lab, { recursive: true, force: true });
});

const script = (name: string, ...args: string[]): Promise<Finished> =>
  run(process.execPath, [join(scripts, name), ...args], { env: tools.env, cwd: lab });
/** Ports that nothing else on the machine is after. */
const ports = Array.from({ length: 4 }, () => String(20_000 + Math.floor(Math.random() * 12_000)));
const up = (owner = lab, ...more: string[]) =>
  script(
    'k3d-up.ts',
    '--owner',
    owner,
    '--kubeconfig',
    join(lab, 'kubeconfig'),
    ...ports.flatMap((port) => ['--port', port]),
    ...more,
  );
const down = (owner = lab) => script('k3d-down.ts', '--owner', owner);
const changes = async () =>
  (await tools.calls()).filter((call) => /k3d (cluster|image) |docker (build|push|image rm)|crictl rmi/.test(call));

describe('k3d-up', () => {
  it('makes a cluster with the entrance and the mark of its folder, and a kubeconfig for nobody else', async () => {
    const result = await up();
    expect(result.stderr).toContain('Creating the cluster brokenprod');
    expect(JSON.parse(result.stdout)).toMatchObject({ cluster: 'brokenprod', created: true });
    expect((await tools.world()).clusters['brokenprod']).toMatchObject({
      owner: encodeURIComponent(lab),
      complete: true,
    });
    expect((await stat(join(lab, 'kubeconfig'))).mode & 0o777).toBe(0o600);
  });

  it('finds its own cluster again and makes no second one', async () => {
    await up();
    expect(JSON.parse((await up()).stdout)).toMatchObject({ created: false });
    expect((await changes()).filter((call) => call.includes('create'))).toHaveLength(1);
  });

  it('leaves a cluster of that name alone when another lab, or nobody, made it', async () => {
    await up('/home/somebody/else');
    const before = await tools.world();
    const result = await up();
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('It belongs to the lab in /home/somebody/else');
    await down();
    expect(await tools.world()).toEqual(before);
  });

  it.each([
    [{ missing: ['k3d'] }, /✗ k3d is not on this machine.*https:\/\/k3d\.io/],
    [{ missing: ['docker', 'kubectl'] }, /docker is not on this machine[\s\S]*kubectl is not on this machine/],
    [{ versions: { k3d: 'v4.4.8' } }, /k3d 4\.4 is too old, 5\.4 or newer is needed/],
    [{ daemon: 'down' }, /Docker's daemon does not answer\. Start Docker/],
    [{ daemon: 'forbidden' }, /you may not talk to it\. Join the group docker/],
  ] as const)('says in a sentence what is missing: %j', async (behaviour, sentence) => {
    await tools.behave(behaviour);
    const result = await up();
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr).not.toContain('    at ');
    expect(await changes()).toEqual([]);
  });

  it('takes the next port when the first is taken', async () => {
    const other = createServer().listen(Number(ports[0]));
    await once(other, 'listening');
    const { entrance } = JSON.parse((await up()).stdout) as { entrance: string };
    expect(new URL(entrance).port).toBe(ports[1]);
    other.close();
  });

  it('puts back what it began when the port goes in the last moment', async () => {
    await tools.behave({ create: 'port-taken' });
    const result = await up();
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/✗ k3d made no cluster: .*port is already allocated/);
    expect((await tools.world()).clusters).toEqual({});
  });

  it('puts back what it began on Ctrl-C', async () => {
    await tools.behave({ create: 'hangs' });
    const child = spawn(process.execPath, [join(scripts, 'k3d-up.ts'), '--owner', lab, '--port', ports[0]!], {
      env: { ...process.env, ...tools.env },
      cwd: lab,
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await eventually(
      'it has begun',
      async () => (await tools.world()).clusters,
      (clusters) => 'brokenprod' in clusters,
    );
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(said).toContain('✗ Interrupted.');
    expect((await tools.world()).clusters).toEqual({});
  });

  it('replaces a cluster that a killed start left half-made', async () => {
    await tools.behave({ create: 'hangs' });
    const child = spawn(process.execPath, [join(scripts, 'k3d-up.ts'), '--owner', lab, '--port', ports[0]!], {
      env: { ...process.env, ...tools.env },
      cwd: lab,
    });
    await eventually(
      'it has begun',
      async () => (await tools.world()).clusters,
      (clusters) => 'brokenprod' in clusters,
    );
    child.kill('SIGKILL');
    await once(child, 'close');
    await tools.behave({});
    const result = await up();
    expect(result.code, result.stderr).toBe(0);
    expect((await tools.world()).clusters['brokenprod']).toMatchObject({ complete: true });
  });
});

describe("the API server's audit log", () => {
  const audited = () => up(lab, '--audit', join(lab, 'audit'));

  it('goes into the folder of the lab, by a policy that the server finds there, and has a bound', async () => {
    expect((await audited()).code).toBe(0);
    const { k3sArgs, mounts } = (await tools.world()).clusters['brokenprod']!;
    const [[from, inside] = []] = mounts.map((mount) => mount.split(':'));
    expect(from).toBe(join(lab, 'audit'));
    const told = k3sArgs.map((arg) => arg.replace('--kube-apiserver-arg=', ''));
    expect(told).toEqual([
      '--disable=traefik',
      `audit-policy-file=${inside}/policy.yaml`,
      `audit-log-path=${inside}/audit.log`,
      'audit-log-maxsize=32',
      'audit-log-maxbackup=1',
    ]);
    const policy = parse(await readFile(join(lab, 'audit', 'policy.yaml'), 'utf8')) as object;
    expect(policy).toMatchObject({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'] });
    // Or the server, which is root, would make one that its reader may not read.
    expect(await readFile(join(lab, 'audit', 'audit.log'), 'utf8')).toBe('');
  });

  it('is done without where Docker gives the server no folder, and that is said', async () => {
    await tools.behave({ create: 'mounts-denied' });
    const result = await audited();
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/mounts denied: .*Once more, without an audit log/);
    const { k3sArgs, mounts } = (await tools.world()).clusters['brokenprod']!;
    expect([k3sArgs, mounts]).toEqual([['--disable=traefik'], []]);
    await expect(stat(join(lab, 'audit'))).rejects.toThrow('ENOENT');
  });

  it('is no reason to try twice when the port is taken', async () => {
    await tools.behave({ create: 'port-taken' });
    expect((await audited()).stderr).not.toContain('Once more');
    expect((await changes()).filter((call) => call.includes('create'))).toHaveLength(1);
  });
});

describe('k3d-down', () => {
  it('deletes its cluster and the images that were built for it, and nothing else', async () => {
    await up();
    await script('build-and-import.ts', '--to', 'k3d:brokenprod');
    await script('build-and-import.ts', '--to', 'registry.example/team', '--prefix', 'registry.example/team/');
    expect(JSON.parse((await down()).stdout)).toEqual({ cluster: 'brokenprod', deleted: true });
    const { clusters, built } = await tools.world();
    expect(clusters).toEqual({});
    expect(Object.keys(built).every((ref) => ref.startsWith('registry.example/'))).toBe(true);
    expect(JSON.parse((await down()).stdout)).toEqual({ cluster: 'brokenprod', deleted: false });
  });
});

describe('build-and-import', () => {
  it('brings every image under all its names, and never notification-service:v2.0', async () => {
    await up();
    const result = await script('build-and-import.ts', '--to', 'k3d:brokenprod');
    expect(result.code, result.stderr).toBe(0);
    const arrived = (await tools.world()).delivered['brokenprod'];
    expect(arrived).toEqual(expect.arrayContaining(shop.flatMap((name) => [`${name}:latest`, `${name}:1.0.0`])));
    expect(arrived).not.toContain('notification-service:v2.0');
  });

  it('notices what k3d lost on the way, and brings it again', async () => {
    await up();
    await tools.behave({ import: 'half-once' });
    const result = await script('build-and-import.ts', '--to', 'k3d:brokenprod');
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/\d+ did not arrive: once more/);
    expect((await tools.world()).delivered['brokenprod']).toHaveLength(16);
  });

  it('names what did not arrive when k3d goes on failing; running it again completes it', async () => {
    await up();
    await tools.behave({ import: 'half' });
    const result = await script('build-and-import.ts', '--to', 'k3d:brokenprod');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/✗ .*shoppers:latest.* did not get into k3d:brokenprod: failed to import images/);
    await tools.behave({});
    expect((await script('build-and-import.ts', '--to', 'k3d:brokenprod')).code).toBe(0);
  });

  it('pushes to a registry under its own names', async () => {
    const result = await script(
      'build-and-import.ts',
      '--to',
      'registry.example/team',
      '--prefix',
      'registry.example/team/',
    );
    expect(result.code, result.stderr).toBe(0);
    expect(await tools.calls()).toContain('docker push registry.example/team/gateway:1.0.0');
  });

  it('asks where to when it is not told', async () => {
    const result = await script('build-and-import.ts');
    expect(result.stderr).toContain('✗ Say where the images go');
    expect(await readFile(join(tools.dir, 'calls.txt'), 'utf8').catch(() => '')).toBe('');
  });
});
