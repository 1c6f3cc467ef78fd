/**
 * Gradings that are disturbed, and what is left of them: the grader is killed, the engine dies, the namespace is gone;
 * bundles that are cut, edited or from another seat; a class.
 * In the order of the file; each test stands on the one before.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bundle } from '../../grader/bundle.ts';
import type { Verdict } from '../../grader/verdict.ts';
import { createTestLab, type TestLab } from '../helpers/lab.ts';
import { eventually } from '../helpers/run.ts';
import { inTerminal } from '../helpers/terminal.ts';

const launcher = join(import.meta.dirname, '../../lab/cli/brokenprod.mjs');

describe('gradings that are disturbed', () => {
  let lab: TestLab;
  const graders = () => lab.kubectl(['get', 'pods,services', '-l', 'brokenprod.dev/grader', '-o', 'name']);
  const bundles = async () => {
    const names = await readdir(join(lab.dir, '.brokenprod/verdicts'));
    return names.filter((name) => name.endsWith('.bundle.json.gz')).toSorted();
  };

  beforeAll(async () => {
    lab = await createTestLab();
  });
  afterAll(async () => {
    await lab[Symbol.asyncDispose]();
  });

  it('need a lab, one whose checks use a copy of order-service', async () => {
    const started = await lab.cli(['start', '--fault', 'retry-storm']);
    expect(started.code, started.stderr + started.stdout).toBe(0);
  });

  it('leave nothing behind once the lab is reset, even when the grader was killed', async () => {
    const grading = spawn(process.execPath, [launcher, 'grade'], { cwd: lab.dir, stdio: 'ignore' });
    await eventually(
      'the grader has put a copy into the cluster',
      async () => (await graders()).stdout,
      (left) => left.includes('pod/order-service-copy-'),
    );
    grading.kill('SIGKILL');
    expect((await graders()).stdout).toContain('-copy-');
    const reset = await lab.cli(['reset']);
    expect(reset.code, reset.stderr).toBe(0);
    await eventually(
      'nothing of the grader is there',
      async () => (await graders()).stdout,
      (left) => left === '',
    );
  });

  it('leave nothing behind after the next grading either', async () => {
    const grading = spawn(process.execPath, [launcher, 'grade', '--quick'], { cwd: lab.dir, stdio: 'ignore' });
    await eventually(
      'the grader has put a copy into the cluster',
      async () => (await graders()).stdout,
      (left) => left.includes('-copy-'),
    );
    grading.kill('SIGKILL');
    expect((await lab.grade('--quick')).verdict).toBe('fail');
    await eventually(
      'nothing of the grader is there',
      async () => (await graders()).stdout,
      (left) => left === '',
    );
  });

  it('rest on nothing of the lab that was changed, until a reset puts it back', async () => {
    const retries = async () => {
      const { issues } = await lab.grade('--quick');
      return issues[0]?.checks.find(({ kind }) => kind === 'retries');
    };
    const standIn = ['deployment/stand-in', '-n', 'lab-system'];
    expect((await lab.kubectl(['set', 'env', ...standIn, 'LIES=1'])).code).toBe(0);
    expect((await lab.kubectl(['rollout', 'status', ...standIn, '--timeout=60s'])).code).toBe(0);
    expect(await retries()).toMatchObject({
      verdict: 'undetermined',
      observed: expect.stringContaining("the lab's own stand-in is not as the lab deployed it") as string,
    });
    expect((await lab.cli(['reset'])).code).toBe(0);
    expect((await lab.kubectl(['rollout', 'status', ...standIn, '--timeout=60s'])).code).toBe(0);
    expect(await retries()).toMatchObject({ verdict: 'fail' });
  }, 240_000);

  it.each(['session.json', 'baseline.json'])('go by no %s that somebody edited', async (name) => {
    const path = join(lab.dir, '.brokenprod', name);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"(replicas|issue|seed)": [^,]+/, '"$1": 0'));
    expect(await lab.cli(['grade', '--quick'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`${name} is damaged, or was changed by hand`) as string,
    });
    await writeFile(path, text);
  });

  it.runIf(process.platform === 'linux')('hear what a person at a terminal is asked for', async () => {
    using terminal = inTerminal(`${process.execPath} ${launcher} findings add`, {
      cwd: lab.dir,
      env: { ...process.env, CI: '' },
    });
    await terminal.shows(/Which component: /);
    terminal.type('order-service');
    await terminal.shows(/Kind of fault .*: /);
    terminal.type('code');
    await terminal.shows(/What was seen: /);
    const endOfInput = '\x04';
    terminal.type(endOfInput);
    expect(await terminal.ended).toBe(0);
    await terminal.shows(/Finding 1 is noted: order-service, code\./);
    expect((await lab.cli(['findings', 'remove', '1'])).stdout).toBe('Removed: order-service, code.\n');
  });

  it('are sealed in bundles that show what was done to them', async () => {
    const added = await lab.cli(['findings', 'add', '--component', 'order-service', '--kind', 'code']);
    expect(added.code, added.stderr).toBe(0);
    await lab.grade('--quick');
    const path = join(lab.dir, '.brokenprod/verdicts', (await bundles()).at(-1)!);
    const whole = gunzipSync(await readFile(path)).toString();
    const verify = async (name: string, text: string) => {
      await writeFile(join(lab.dir, name), text);
      return lab.cli(['grade', '--verify', name]);
    };
    expect(await lab.cli(['grade', '--verify', path])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('as it was sealed') as string,
    });
    const cut = await verify('cut.bundle.json', whole.slice(0, whole.length / 2));
    expect(cut).toMatchObject({ code: 1, stdout: expect.stringContaining('cut off') as string });
    const bundle = JSON.parse(whole) as Bundle;
    const edited = { ...bundle, verdict: { ...bundle.verdict, score: bundle.verdict.maxScore } };
    expect((await verify('edited.bundle.json', JSON.stringify(edited))).stdout).toContain(
      'The verdict of this bundle was changed after it was sealed.',
    );
    await using other = await createTestLab();
    await mkdir(join(other.dir, '.brokenprod'), { recursive: true });
    // Another seat has another key.
    const { privateKey } = (await import('node:crypto')).generateKeyPairSync('ed25519');
    await writeFile(join(other.dir, '.brokenprod/key'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await writeFile(join(other.dir, '.brokenprod/target.json'), '{"engine":"embedded"}');
    expect(await other.cli(['grade', '--verify', path])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('it comes from another seat') as string,
    });
  });

  it('are read into one table for a class, with diagnoses that a bundle does not tell', async () => {
    const folder = join(lab.dir, 'class');
    await mkdir(join(folder, 'ada'), { recursive: true });
    const all = await bundles();
    await copyFile(join(lab.dir, '.brokenprod/verdicts', all.at(-1)!), join(folder, 'ada', all.at(-1)!));
    await copyFile(join(lab.dir, '.brokenprod/verdicts', all[0]!), join(folder, 'bob.bundle.json.gz'));
    await writeFile(join(folder, 'carl.bundle.json'), '{"format":1');
    await writeFile(join(lab.dir, 'seeds.txt'), 'ada seed-1\nzoe seed-2\n');
    const table = await lab.cli(['class', 'class', '--seeds', 'seeds.txt', '--max-age', '0.0001']);
    expect(table.code).toBe(1);
    expect(table.stdout).toMatch(/^ada +\d+\/\d+ \(quick\) +3\/3 /m);
    expect(table.stdout).toMatch(/^bob +\d+\/\d+ \(quick\) +0\/3 /m);
    for (const remark of [
      'ada: This bundle is of the seed (none), and seed-1 was expected.',
      'carl: The file is cut off or was edited: it is no JSON any more.',
      'zoe: There is no bundle.',
      'ada, bob: the key of one lab.',
      'hours old.',
    ]) {
      expect(table.stdout).toContain(remark);
    }
    const csv = await lab.cli(['class', 'class', '--csv']);
    expect(csv.stdout.split('\r\n')[0]).toMatch(/^person,score,diagnosis,1,/);
    expect(csv.stderr).toContain('carl: The file is cut off');
    const html = await lab.cli(['class', 'class', '--html']);
    expect(html.stdout).toContain('<td>component and kind</td>');
    expect((await lab.cli(['class', 'nowhere'])).code).toBe(2);
    expect((await lab.cli(['class', 'class', '--max-age', 'soon'])).stderr).toContain('--max-age takes a number');
  });

  it('fail when the trainee has deleted the namespace', async () => {
    expect((await lab.kubectl(['delete', 'namespace', 'production', '--wait=false'])).code).toBe(0);
    const graded = await lab.cli(['grade', '--quick', '--json'], 120_000);
    expect(graded.code, graded.stderr).toBe(1);
    expect(JSON.parse(graded.stdout) as Verdict).toMatchObject({ verdict: 'fail', score: 0 });
  });

  it('could not be judged when the engine dies in the middle, and say so by their exit code', async () => {
    const { pid } = JSON.parse(await readFile(join(lab.dir, '.brokenprod/engine.json'), 'utf8')) as { pid: number };
    const grading = spawn(process.execPath, [launcher, 'grade', '--quick'], {
      cwd: lab.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    grading.stdout.on('data', (chunk) => (printed += String(chunk)));
    grading.stderr.on('data', (chunk) => {
      if (String(chunk).includes('watching the shop')) process.kill(pid, 'SIGKILL');
    });
    const code = await new Promise((resolve) => grading.on('close', resolve));
    expect(printed).toContain('No verdict: some questions could not be answered.');
    expect(code).toBe(2);
  }, 240_000);
});
