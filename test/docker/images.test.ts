/**
 * The recipe and its script with a real Docker daemon. DOCKER_HOST says where it is; the base image of
 * `services/Dockerfile`, or the one that NODE_IMAGE names, must be there. Nothing is fetched.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildImage } from '../../lab/images/build.ts';
import { eventually, run } from '../helpers/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tag = randomUUID().slice(0, 8);
const ref = `auth-service:test-${tag}`;
const container = `brokenprod-test-${tag}`;
const port = 20_000 + Math.floor(Math.random() * 20_000);
const docker = (...args: string[]) => run('docker', args);

/** As the manifests want it: no root, no capabilities, nothing to write to. */
function runWithin(memory: string) {
  const settings = `--network=host --read-only --cap-drop=ALL --memory=${memory} --memory-swap=${memory} --env PORT=${port}`;
  const nobody = 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1';
  return docker('run', '--detach', '--name', container, ...settings.split(' '), '--env', nobody, ref);
}

async function inspect(what: string): Promise<Record<string, never> & { Config: unknown; HostConfig: unknown }> {
  return JSON.parse((await docker('inspect', what)).stdout)[0];
}

describe('the image of a service', () => {
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'brokenprod-docker-'));
    const image = await buildImage({
      service: 'auth-service',
      sourceDir: join(root, 'services'),
      outDir: dir,
      version: '1.0.0',
    });
    const plan = [{ service: 'auth-service', entry: image.entry, version: '1.0.0', commit: 'abc', refs: [ref] }];
    await writeFile(join(dir, 'plan.json'), JSON.stringify(plan));
    // Built, but brought nowhere: this registry does not exist.
    const args = ['scripts/build-and-import.ts', '--to', 'registry.invalid', '--plan', join(dir, 'plan.json')];
    const base = process.env['NODE_IMAGE'];
    const built = await run(process.execPath, [...args, ...(base ? ['--node-image', base] : [])], {
      cwd: root,
      env: { DOCKER_BUILDKIT: process.env['DOCKER_BUILDKIT'] ?? '0' },
      timeoutMs: 110_000,
    });
    if (!built.stderr.includes(`${ref} could not be pushed`)) throw new Error(built.stderr);
  });
  afterAll(async () => {
    await docker('rm', '--force', container);
    await docker('rmi', '--force', ref);
    await rm(dir, { recursive: true, force: true });
  });

  it('says what it is, and asks for its own health', async () => {
    const { Config } = await inspect(ref);
    expect(Config).toMatchObject({
      User: '1000:1000',
      Labels: {
        'org.opencontainers.image.title': 'auth-service',
        'org.opencontainers.image.version': '1.0.0',
        'org.opencontainers.image.revision': 'abc',
        'brokenprod.target': 'registry.invalid',
      },
      Healthcheck: { Test: expect.arrayContaining(['CMD', 'node']) },
    });
  });

  it('runs without root, on a read-only file system, within 128 MiB, and answers', async () => {
    const started = await runWithin('128m');
    expect(started.code, started.stderr).toBe(0);
    const version = await eventually(
      'it answers',
      () =>
        fetch(`http://127.0.0.1:${port}/version`).then(
          (response) => response.json(),
          () => null,
        ),
      (answer) => answer !== null,
    );
    expect(version).toMatchObject({ service: 'auth-service', version: '1.0.0', commit: 'abc' });
    expect((await docker('exec', container, 'id', '-u')).stdout.trim()).toBe('1000');
    expect((await docker('exec', container, 'touch', '/app/x')).stderr).toContain('Read-only file system');
  });

  it('takes 2,000 sign-ins without being killed for its memory', async () => {
    for (let round = 0; round < 100; round++) {
      const guests = Array.from({ length: 20 }, () =>
        fetch(`http://127.0.0.1:${port}/sessions/guest`, { method: 'POST' }).then((response) => response.status),
      );
      expect(new Set(await Promise.all(guests))).toEqual(new Set([200]));
    }
    const state = (await docker('inspect', '--format', '{{.State.Running}} {{.State.OOMKilled}}', container)).stdout;
    expect(state.trim()).toBe('true false');
  });

  it('finds itself healthy, and ends when it is asked to', async () => {
    const health = await docker(
      'exec',
      container,
      'node',
      '-e',
      "fetch('http://127.0.0.1:'+process.env.PORT+'/healthz')",
    );
    expect(health.code).toBe(0);
    await docker('stop', '--time', '10', container);
    const exit = (await docker('inspect', '--format', '{{.State.ExitCode}}', container)).stdout.trim();
    expect(exit).toBe('0');
  });

  it('is killed at 64 MiB by the same load, as the memory fault wants it', async () => {
    await docker('rm', '--force', container);
    await runWithin('64m');
    await eventually(
      'it answers',
      () =>
        fetch(`http://127.0.0.1:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      (answers) => answers,
    );
    const signIn = () => fetch(`http://127.0.0.1:${port}/sessions/guest`, { method: 'POST' }).catch(() => undefined);
    for (let round = 0; round < 100; round++) await Promise.all(Array.from({ length: 20 }, signIn));
    const end = await docker('inspect', '--format', '{{.State.OOMKilled}} {{.State.ExitCode}}', container);
    expect(end.stdout.trim()).toBe('true 137');
  });
});
