import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { ImageStore } from '../images.ts';
import { providePause } from './image.ts';
import { startPause } from './pause.ts';

const start = (command?: string[]) => {
  const lines: string[] = [];
  const container = startPause({ command }, (stream, line) => lines.push(`${stream} ${line}`), systemClock);
  return { container, lines };
};

describe('a container of the pause image', () => {
  it('waits, uses nothing, and ends well when it is asked to', async () => {
    const { container, lines } = start();
    expect(container.usage()).toEqual({ cpuMs: 0, workingSetBytes: 0 });
    container.kill('SIGTERM');
    container.kill('SIGKILL');
    expect(await container.exited).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(lines).toEqual(['stderr Shutting down, got signal: Terminated']);
  });

  it('can be killed', async () => {
    const { container, lines } = start(['/pause']);
    container.kill('SIGKILL');
    expect(await container.exited).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(lines).toEqual([]);
  });

  it('has no other program, neither to start nor for exec', async () => {
    expect(() => start(['sleep', '60'])).toThrow('exec: "sleep": executable file not found in $PATH');
    expect(() => start(['/bin/sh'])).toThrow('exec: "/bin/sh": stat /bin/sh: no such file or directory');
    const streams = { signal: new AbortController().signal };
    const exec = start().container.exec({ command: ['sh'], tty: false }, streams);
    await expect(exec).rejects.toThrow(/failed to start exec .* exec: "sh": executable file not found in \$PATH/);
  });

  it('is on every node, and stays what somebody else has made of it', async () => {
    const images = new ImageStore(await mkdtemp(join(tmpdir(), 'pause-')));
    await providePause(images);
    const image = await images.get('registry.k8s.io/pause:3.10');
    expect(image).toMatchObject({ isPause: true, published: true });
    await images.put('registry.k8s.io/pause:3.9', { ...image!, digest: `sha256:${'9'.repeat(64)}` });
    await providePause(images);
    expect(await images.get('registry.k8s.io/pause:3.9')).toMatchObject({ digest: `sha256:${'9'.repeat(64)}` });
  });
});
