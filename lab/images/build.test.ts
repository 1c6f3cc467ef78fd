import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildImage } from './build.ts';

const services = fileURLToPath(new URL('../../services', import.meta.url));

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'images-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const build = (service: string, sourceDir: string, outDir: string) =>
  buildImage({ service, sourceDir, outDir, version: '1.0.0' });

describe('buildImage', () => {
  it('builds a file that says what is missing and exits with 1', async () => {
    const { entry, env } = await build('database-service', services, await temporaryFolder());
    const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [entry], { env }, (error, out) => resolve({ code: error?.code, stdout: out }));
    });
    expect(code).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({
      level: 60,
      service: 'database-service',
      version: '1.0.0',
      msg: expect.stringContaining('DB_NAME is not set') as string,
    });
  });

  it('does not build the same source twice, and does when a line has changed', async () => {
    const [sources, out] = [await temporaryFolder(), await temporaryFolder()];
    for (const folder of ['order-service', 'shared']) {
      await cp(join(services, folder), join(sources, folder), { recursive: true });
    }
    const first = await build('order-service', sources, out);
    const { mtimeMs } = await stat(first.entry);
    expect(await build('order-service', sources, out)).toEqual(first);
    expect((await stat(first.entry)).mtimeMs).toBe(mtimeMs);
    await writeFile(
      join(sources, 'order-service', 'retry.ts'),
      'export const retrying = (call: () => unknown) => call();',
    );
    expect((await build('order-service', sources, out)).digest).not.toBe(first.digest);
  });

  it('tells the editor of a source where it is wrong', async () => {
    const [sources, out] = [await temporaryFolder(), await temporaryFolder()];
    for (const folder of ['order-service', 'shared']) {
      await cp(join(services, folder), join(sources, folder), { recursive: true });
    }
    await writeFile(join(sources, 'order-service', 'retry.ts'), 'const fine = 1;\nexport function retrying( {\n');
    await expect(build('order-service', sources, out)).rejects.toThrow(/order-service\/retry\.ts:3:\d+: /);
  });

  it('says so when there is no such service', async () => {
    await expect(build('nginx', services, await temporaryFolder())).rejects.toThrow('no service "nginx"');
  });
});
