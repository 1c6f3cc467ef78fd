import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { createPodNetwork } from './create-pod-network.ts';
import { createListInformers, pod, service, slice } from './testing/fixtures.ts';

let runDir: string;
let informers: ReturnType<typeof createListInformers>;
let network: Awaited<ReturnType<typeof createPodNetwork>>;
const running = new Set<ReturnType<typeof spawn>>();

beforeEach(async () => {
  runDir = await mkdtemp(path.join(os.tmpdir(), 'pod-network-'));
  informers = createListInformers();
  network = await createPodNetwork({
    podCidrs: { 'node-1': '10.42.0.0/24' },
    nodeIps: { 'node-1': '172.20.0.10' },
    informers,
    clock: systemClock,
    runDir,
    connectTimeoutMs: 150,
    random: () => 0,
  });
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await network[Symbol.asyncDispose]();
  await rm(runDir, { recursive: true, force: true });
});

/** Starts a script as a process of a pod. */
function start(
  podName: string,
  script: string,
  options: { env?: Record<string, string>; type?: 'module' | 'commonjs'; isHostNetwork?: boolean } = {},
) {
  const attached = pod(podName);
  if (options.isHostNetwork) attached.spec = { containers: [], nodeName: 'node-1', hostNetwork: true };
  const { env, preload, ip } = network.attach(attached);
  const type = options.type ?? 'commonjs';
  const child = spawn(process.execPath, [`--require=${preload}`, `--input-type=${type}`, '--eval', script], {
    env: { PATH: process.env.PATH, NODE_OPTIONS: `--require=${JSON.stringify(preload)}`, ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return { child, ip, ended: Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]) };
}

/** What a script in a pod prints. */
async function run(podName: string, script: string, options?: Parameters<typeof start>[2]): Promise<string> {
  const [stdout, stderr] = await start(podName, script, options).ended;
  return (stdout + stderr).trim();
}

/** A pod that answers on `port` with who it is and who called; resolves when it listens. */
async function serve(podName: string, port = 3000, host = '', options: Parameters<typeof start>[2] = {}) {
  const script = `
    const server = require('http').createServer((request, response) =>
      response.end(JSON.stringify({ host: request.headers.host, pod: require('os').hostname(), from: request.socket.remoteAddress, at: request.socket.localAddress + ' ' + request.socket.localPort })));
    server.listen(${port}${host && `, '${host}'`}, () => console.log('listening', JSON.stringify(server.address())));`;
  const started = start(podName, script, options);
  const [line] = (await once(started.child.stdout, 'data')) as [Buffer];
  return { ...started, line: line.toString().trim() };
}

const fetchScript = (url: string) =>
  `fetch('${url}').then((r) => r.text()).then(console.log, (e) => console.log(e.message, '|', e.cause?.message, '|', e.cause?.code))`;

describe('pods on one machine', () => {
  it('of the network of their node share its address and its ports', async () => {
    const host = await serve('host', 3000, '', { isHostNetwork: true });
    expect(host.ip).toBe('172.20.0.10');
    const seen = await run('caller', fetchScript('http://172.20.0.10:3000'));
    expect(JSON.parse(seen)).toMatchObject({ pod: 'node-1', from: '::ffff:10.42.0.2', at: '::ffff:172.20.0.10 3000' });
    const other = { isHostNetwork: true };
    expect(await run('taken', `require('net').createServer().listen(3000)`, other)).toContain('EADDRINUSE');
    await serve('plain');
    informers.set('services', [service('plain', '10.43.0.5', 80)]);
    informers.set('endpointslices', [slice('plain', 3000, [{ ip: network.attach(pod('plain')).ip }])]);
    expect(JSON.parse(await run('asks', fetchScript('http://plain'), other))).toMatchObject({
      from: '::ffff:172.20.0.10',
    });
    const deny = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };
    informers.set('pods', [pod('plain'), pod('caller')]);
    const metadata = { name: 'deny', namespace: 'production' };
    informers.set('networkpolicies', [{ apiVersion: 'v1', kind: 'NetworkPolicy', metadata, spec: deny }]);
    expect(await run('denied', fetchScript('http://10.43.0.5'))).toContain('ETIMEDOUT');
    expect(await run('still', fetchScript('http://10.43.0.5'), other)).toContain('"pod":"plain"');
    informers.set('networkpolicies', []);
    network.detach('uid-host');
    expect(await run('late', fetchScript('http://172.20.0.10:3000'))).toContain('ECONNREFUSED 172.20.0.10:3000');
  });

  it('listen on the same port and are called by the name of their Service, seeing who calls', async () => {
    const a = await serve('a');
    const b = await serve('b');
    expect(a.line).toBe('listening {"address":"::","family":"IPv6","port":3000}');
    informers.set('services', [service('alpha', '10.43.0.5', 80), service('beta', '10.43.0.6', 80)]);
    informers.set('endpointslices', [slice('alpha', 3000, [{ ip: a.ip }]), slice('beta', 3000, [{ ip: b.ip }])]);
    const caller = network.attach(pod('caller')).ip;
    const answer = JSON.parse(
      await run('caller', fetchScript('http://beta.production/'), { type: 'module' }),
    ) as unknown;
    expect(answer).toEqual({ host: 'beta.production', pod: 'b', from: `::ffff:${caller}`, at: `::ffff:${b.ip} 3000` });
    expect(await run('b', fetchScript('http://localhost:3000/'))).toContain('"from":"::ffff:127.0.0.1"');
  });

  it('fail as in a cluster: unknown name, no endpoints, wrong target port, port that is not in the Service', async () => {
    const a = await serve('a');
    informers.set('services', [service('down', '10.43.0.7', 80), service('wrong', '10.43.0.8', 80)]);
    informers.set('endpointslices', [slice('wrong', 8080, [{ ip: a.ip }])]);
    const outcome = async (url: string) => await run('caller', fetchScript(url));
    expect(
      await Promise.all([
        outcome('http://databse:8080/'),
        outcome('http://down/'),
        outcome('http://wrong/'),
        outcome('http://wrong:81/'),
        outcome('http://localhost:5555/'),
      ]),
    ).toEqual([
      'fetch failed | getaddrinfo ENOTFOUND databse | ENOTFOUND',
      'fetch failed | connect ECONNREFUSED 10.43.0.7:80 | ECONNREFUSED',
      'fetch failed | connect ECONNREFUSED 10.43.0.8:80 | ECONNREFUSED',
      'fetch failed | connect ETIMEDOUT 10.43.0.8:81 | ETIMEDOUT',
      'fetch failed | connect ECONNREFUSED 127.0.0.1:5555 | ECONNREFUSED',
    ]);
  });

  it('cannot reach a listener on loopback from outside, but port-forward can', async () => {
    const a = await serve('a', 3000, '127.0.0.1');
    expect(await run('caller', fetchScript(`http://${a.ip}:3000/`))).toContain(`connect ECONNREFUSED ${a.ip}:3000`);
    await expect(network.connect('uid-a', 3000, 'node')).rejects.toMatchObject({ code: 'ECONNREFUSED', address: a.ip });
    const socket = await network.connect('uid-a', 3000, 'loopback');
    socket.end('GET / HTTP/1.0\r\n\r\n');
    expect(await text(socket)).toContain('"pod":"a"');
  });

  it('tell a second listener that the port is taken, and free it on close and at the end of the process', async () => {
    const a = await serve('a');
    const taken = await run('a', `require('net').createServer().listen('3000')`);
    expect(taken).toContain('Error: listen EADDRINUSE: address already in use :::3000');
    const again = `const s = require('net').createServer().listen(4000, () => s.close(() => s.listen(4000, () => { console.log('again'); s.close(); })))`;
    expect(await run('a', again)).toBe('again');
    a.child.kill('SIGKILL');
    await a.ended;
    expect(
      await run('a', `const s = require('net').createServer().listen(3000, () => { console.log('mine'); s.close() })`),
    ).toBe('mine');
  });

  it('carry https, raw sockets with early writes, worker threads and child processes', async () => {
    await serve('a');
    informers.set('services', [service('a', '10.43.0.5', 80)]);
    informers.set('endpointslices', [slice('a', 3000, [{ ip: network.attach(pod('a')).ip }])]);
    const raw = `const s = require('net').connect(80, 'a', function () { console.log(this.remoteAddress, this.remotePort, this.localAddress) });
      s.end('GET / HTTP/1.0\\r\\n\\r\\n'); s.on('data', (d) => console.log(String(d).includes('"pod":"a"')))`;
    const caller = network.attach(pod('caller')).ip;
    expect(await run('caller', raw)).toBe(`10.43.0.5 80 ${caller}\ntrue`);
    const inner = JSON.stringify(fetchScript('http://a/'));
    expect(await run('caller', `new (require('worker_threads').Worker)(${inner}, { eval: true })`)).toContain(
      '"pod":"a"',
    );
    const child = `require('child_process').spawn(process.execPath, ['-e', ${inner}], { stdio: 'inherit' })`;
    expect(await run('caller', child)).toContain('"pod":"a"');
  });

  it('resolve names in every style', async () => {
    informers.set('services', [service('auth', '10.43.0.5', 80)]);
    const script = `
      import dns, { lookup, promises } from 'node:dns';
      import { promisify } from 'node:util';
      lookup('auth', (e, address, family) => console.log('lookup', address, family));
      console.log('promisified', JSON.stringify(await promisify(lookup)('auth.production')));
      console.log('all', JSON.stringify(await promises.lookup('auth', { all: true })));
      console.log('resolve4', await promises.resolve4('auth'), await new dns.promises.Resolver().resolve('auth'));
      await promises.resolveMx('auth').catch((e) => console.log(e.message));
      await promises.resolve4('nope').catch((e) => console.log(e.message));`;
    expect((await run('caller', script, { type: 'module' })).split('\n').toSorted()).toEqual([
      'all [{"address":"10.43.0.5","family":4}]',
      'lookup 10.43.0.5 4',
      'promisified {"address":"10.43.0.5","family":4}',
      'queryA ENOTFOUND nope',
      'queryMx ENODATA auth',
      "resolve4 [ '10.43.0.5' ] [ '10.43.0.5' ]",
    ]);
  });

  it('read and write volumes at their mount path, with errors that name it', async () => {
    const [data, config] = [path.join(runDir, 'data'), path.join(runDir, 'config')];
    await Promise.all([mkdir(data), mkdir(config)]);
    await writeFile(path.join(config, 'app.json'), '{}');
    const mounts = [
      { mountPath: '/var/lib/shop', hostPath: data, readOnly: false },
      { mountPath: '/etc/config', hostPath: config, readOnly: true },
    ];
    const script = `
      import fs, { readFileSync, createWriteStream } from 'node:fs';
      import { readFile, writeFile, readdir } from 'node:fs/promises';
      import { DatabaseSync } from 'node:sqlite';
      import { finished } from 'node:stream/promises';
      console.log(readFileSync('/etc/config/app.json', 'utf8'), await readdir('/etc/config'), fs.realpathSync('/etc/config/app.json'));
      const stream = createWriteStream('/var/lib/shop/log'); stream.end('hello'); await finished(stream);
      console.log(await readFile('/var/lib/shop/log', 'utf8'), fs.existsSync('/var/lib/shop/nope'));
      new DatabaseSync('/var/lib/shop/orders.db').exec('create table t (x)');
      await writeFile('/etc/config/x', '').catch((e) => console.log(e.message));
      try { readFileSync('/var/lib/shop/gone') } catch (e) { console.log(e.message, e.path) }
      fs.readFile('/var/lib/shop/gone', (e) => console.log(e.message));
      console.log(readFileSync('/etc/resolv.conf', 'utf8').split('\\n')[0]);`;
    const printed = await run('caller', script, { type: 'module', env: { KUBELET_MOUNTS: JSON.stringify(mounts) } });
    expect(printed.split('\n')).toEqual([
      "{} [ 'app.json' ] /etc/config/app.json",
      'hello false',
      "EROFS: read-only file system, open '/etc/config/x'",
      "ENOENT: no such file or directory, open '/var/lib/shop/gone' /var/lib/shop/gone",
      'search production.svc.cluster.local svc.cluster.local cluster.local',
      "ENOENT: no such file or directory, open '/var/lib/shop/gone'",
    ]);
  });

  it('end themselves when the engine has gone', async () => {
    const a = await serve('a');
    await network[Symbol.asyncDispose]();
    const [, , [, signal]] = await a.ended;
    expect(signal).toBe('SIGKILL');
  });
});
