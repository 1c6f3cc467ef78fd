import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Container } from '../objects/types.ts';
import { clearTerminationMessage, terminationMessage, terminationMount } from './termination-message.ts';

it('reads what a container left, or by its policy the end of the log', () => {
  const podDir = mkdtempSync(join(tmpdir(), 'pod-'));
  const logFile = join(podDir, '0.log');
  const lines = Array.from({ length: 100 }, (_, n) => `2026-11-20T16:47:00.000000000Z stderr F line ${n}\n`);
  writeFileSync(logFile, lines.join(''));
  const container: Container = { name: 'app', terminationMessagePath: '/app/why' };
  const fallback: Container = { ...container, terminationMessagePolicy: 'FallbackToLogsOnError' };
  clearTerminationMessage(container, podDir);
  const { mountPath, hostPath } = terminationMount(container, podDir);
  expect(mountPath).toBe('/app/why');
  expect(terminationMessage(container, 1, { podDir, logFile })).toBe('');
  expect(terminationMessage(fallback, 0, { podDir, logFile })).toBe('');
  const end = terminationMessage(fallback, 1, { podDir, logFile });
  expect(end.split('\n')).toHaveLength(81);
  expect(end).toMatch(/^line 20\n[^]*line 99\n$/);
  writeFileSync(hostPath, 'no database');
  expect(terminationMessage(fallback, 1, { podDir, logFile })).toBe('no database');
});
