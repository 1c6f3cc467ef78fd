/** Where `scripts/build-and-import.ts` brings images besides k3d, and for which platforms; against stand-ins. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished } from '../helpers/run.ts';
import { createStandIns, type StandIns } from '../helpers/stand-ins.ts';

const path = fileURLToPath(new URL('../../scripts/build-and-import.ts', import.meta.url));
const registry = ['--to', 'registry.example/team', '--prefix', 'registry.example/team/'];

let tools: StandIns;
let dir: string;

beforeEach(async () => {
  tools = await createStandIns();
  dir = await mkdtemp(join(tmpdir(), 'brokenprod-images-'));
});
afterEach(async () => {
  await tools[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const bring = (...args: string[]): Promise<Finished> =>
  run(process.execPath, [path, ...args], { env: tools.env, cwd: dir });

describe.each(['kind', 'minikube'])('into %s', (tool) => {
  const target = `${tool}:workshop`;

  it('brings every image under all its names, and takes away what is to be forgotten', async () => {
    await tools.addCluster('workshop');
    const result = await bring('--to', target);
    expect(result.code, result.stderr).toBe(0);
    const arrived = (await tools.world()).delivered['workshop'];
    expect(arrived).toHaveLength(16);
    expect(arrived).not.toContain('notification-service:v2.0');
    await writeFile(join(dir, 'plan.json'), '[]');
    const forgot = await bring('--to', target, '--forget', 'gateway:1.0.0', '--plan', join(dir, 'plan.json'));
    expect(forgot.code, forgot.stderr).toBe(0);
    expect((await tools.world()).delivered['workshop']).not.toContain('gateway:1.0.0');
  });

  it('names what did not arrive, and why', async () => {
    await tools.addCluster('workshop');
    await tools.behave({ import: 'half' });
    const result = await bring('--to', target);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /✗ .*shoppers:latest.* did not get into (kind|minikube):workshop: .*[Ff]ailed to load/,
    );
  });

  it('says that there is no such cluster', async () => {
    const result = await bring('--to', target);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/✗ .*(no nodes found for cluster|Profile) "workshop"/);
    expect(result.stderr).not.toContain('    at ');
  });

  it('says that the tool is missing before anything is built', async () => {
    await tools.behave({ missing: [tool] });
    expect((await bring('--to', target)).stderr).toContain(`✗ ${tool} is not on this machine`);
    expect((await tools.world()).built).toEqual({});
  });
});

describe('for several platforms', () => {
  const several = ['--platform', 'linux/amd64,linux/arm64'];

  it('builds with a builder of its own that goes afterwards, and pushes at once', async () => {
    const result = await bring(...registry, ...several);
    expect(result.code, result.stderr).toBe(0);
    const { built, builders, delivered } = await tools.world();
    expect(built['registry.example/team/gateway:1.0.0']?.platform).toBe('linux/amd64,linux/arm64');
    expect(delivered['registry']).toHaveLength(16);
    expect(builders).toEqual([]);
    expect((await tools.calls()).some((call) => call.startsWith('docker push'))).toBe(false);
  });

  it('takes its builder back when a build fails, and not one that was there', async () => {
    await tools.behave({ buildx: 'refused' });
    const refused = await bring(...registry, ...several);
    expect(refused.stderr).toMatch(
      /✗ .*could not be built and pushed \(docker login registry.example\?\): .*403 Forbidden/,
    );
    expect((await tools.world()).builders).toEqual([]);
    await tools.behave({});
    await run('docker', ['buildx', 'create', '--name', 'brokenprod'], { env: tools.env });
    expect((await bring(...registry, ...several)).code).toBe(0);
    expect((await tools.world()).builders).toEqual(['brokenprod']);
  });

  it('needs buildx and a registry, and says so', async () => {
    await tools.behave({ buildx: 'absent' });
    expect((await bring(...registry, ...several)).stderr).toMatch(/✗ buildx is not on this machine.*https:/);
    expect((await bring('--to', 'k3d:brokenprod', ...several)).stderr).toContain('hold one platform');
    expect((await tools.world()).built).toEqual({});
  });

  it('builds for one other platform with what Docker has', async () => {
    await tools.behave({ buildx: 'absent' });
    expect((await bring(...registry, '--platform', 'linux/arm64')).code).toBe(0);
    expect((await tools.world()).built['registry.example/team/gateway:1.0.0']?.platform).toBe('linux/arm64');
  });
});
