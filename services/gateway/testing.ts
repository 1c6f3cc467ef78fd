import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A file with a table of routes, until the end of the test: services by path. */
export async function routesFile(services: Record<string, string>, version = '1'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'routes.json');
  await writeFile(file, tableOf(services, version));
  return file;
}

export function tableOf(services: Record<string, string>, version: string): string {
  return JSON.stringify({ version, routes: Object.entries(services).map(([path, to]) => ({ path, to })) });
}
