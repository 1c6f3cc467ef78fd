/** The two commands of somebody in a hurry, on a release that came to a running shop. In the order of the file. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestLab, type TestLab } from '../helpers/lab.ts';

describe('diagnose and rollback', () => {
  let lab: TestLab;

  beforeAll(async () => {
    lab = await createTestLab();
    const started = await lab.cli(['start', '--fault', 'rollout-stuck'], 120_000);
    if (started.code !== 0) throw new Error(started.stderr);
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('collects what there is to see, and no secret', async () => {
    const { code, stdout, stderr } = await lab.cli(['diagnose', '--out', 'diagnosis', '--json']);
    expect(code, stderr).toBe(0);
    const { files, odd } = JSON.parse(stdout) as { files: string[]; odd: string[] };
    expect(odd).toContain('deployment gateway is paused');
    expect(files).toEqual(
      expect.arrayContaining([
        'summary.txt',
        'status.txt',
        'events.txt',
        'top.txt',
        'describe/pods.txt',
        'timeline.txt',
      ]),
    );
    const written = await readdir(join(lab.dir, 'diagnosis'), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      written.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath, one.name), 'utf8')),
    );
    expect(texts).toHaveLength(files.length);
    const all = texts.join('\n');
    const secret = await lab.kubectl(
      'get secret database-credentials -n production -o jsonpath={.data.password}'.split(' '),
    );
    expect(secret.stdout.length).toBeGreaterThan(10);
    expect(all).not.toContain(secret.stdout);
    expect(all).not.toContain(Buffer.from(secret.stdout, 'base64').toString('utf8'));
    expect(all).toContain('[redacted, ');
  });

  it('asks before it rolls back', async () => {
    const asked = await lab.cli(['rollback']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('npx brokenprod rollback --yes');
  });

  it('brings the Deployment back to what it was, shows how, and tells the timeline', async () => {
    const rolledBack = await lab.cli(['rollback', '--yes']);
    expect(rolledBack.code, rolledBack.stderr).toBe(0);
    expect(rolledBack.stdout).toContain('$ kubectl rollout undo deployment/gateway -n production --to-revision=1');
    const image = await lab.kubectl('get deploy gateway -n production -o jsonpath={..image}'.split(' '));
    expect(image.stdout).toBe('gateway:latest');
    expect((await lab.cli(['timeline'])).stdout).toMatch(/rollback +rolled back, .*: gateway/);
    const again = await lab.cli(['rollback', '--yes']);
    expect(again.stdout).toContain('every Deployment runs as it did before the incident');
  });
});
