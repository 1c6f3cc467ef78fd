import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Fault } from '../../scenarios/fault.ts';
import { writeWorkspace } from './workspace.ts';

async function project() {
  const root = await mkdtemp(join(tmpdir(), 'workspace-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const folder of ['src/web', 'src/shared', 'fault']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'src/web/retry.ts'), 'healthy');
  await writeFile(join(root, 'src/web/retry.test.ts'), 'a test');
  await writeFile(join(root, 'src/shared/log.ts'), 'log');
  await writeFile(join(root, 'fault/retry.ts'), 'broken');
  const dir = join(root, 'lab', 'incident');
  const overlays = [{ path: 'web/retry.ts', from: join(root, 'fault/retry.ts') }];
  const write = () =>
    writeWorkspace({
      dir,
      manifests: [{ name: '01-web.yaml', objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } }] }],
      sources: { dir: join(root, 'src'), services: ['web'] },
      faults: [{ overlays } as unknown as Fault],
      briefing: 'Friday',
    });
  return { dir, write };
}

describe('the workspace', () => {
  it('holds the manifests, the briefing and the sources with the fault in them, without tests', async () => {
    const { dir, write } = await project();
    expect(await write()).toBeUndefined();
    expect(await readFile(join(dir, 'k8s/01-web.yaml'), 'utf8')).toContain('kind: Namespace');
    expect(await readFile(join(dir, 'services/web/retry.ts'), 'utf8')).toBe('broken');
    expect(await readFile(join(dir, 'briefing.md'), 'utf8')).toBe('Friday');
    expect((await readdir(join(dir, 'services/web'))).toSorted()).toEqual(['retry.ts']);
  });

  it('is written anew in the same folder when nothing was changed', async () => {
    const { dir, write } = await project();
    await write();
    expect(await write()).toBeUndefined();
    expect(await readdir(join(dir, '..'))).toEqual(['incident']);
  });

  it('keeps what the trainee changed beside it', async () => {
    const { dir, write } = await project();
    await write();
    await writeFile(join(dir, 'services/web/retry.ts'), 'my fix');
    expect(await write()).toBe('incident.bak-1');
    expect(await readFile(join(dir, '../incident.bak-1/services/web/retry.ts'), 'utf8')).toBe('my fix');
    expect(await readFile(join(dir, 'services/web/retry.ts'), 'utf8')).toBe('broken');
    await writeFile(join(dir, 'notes.md'), 'more');
    expect(await write()).toBe('incident.bak-2');
  });
});
