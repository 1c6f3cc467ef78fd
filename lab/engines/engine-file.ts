import { z } from 'zod';
import { readJson, writeJson } from '../lab-folder.ts';
import { processIdentitySchema } from '../process-identity.ts';

/** What the engine's process tells about itself in `engine.json`: written when it is ready, gone when it has ended. */
const engineFileSchema = z.object({
  ...processIdentitySchema.shape,
  version: z.string(),
  url: z.string(),
  kubeconfig: z.string(),
  startedAt: z.string(),
  loadBalancers: z.array(z.object({ service: z.string(), port: z.number(), url: z.string() })),
});
export type EngineFile = z.infer<typeof engineFileSchema>;

export function readEngineFile(path: string): Promise<EngineFile | undefined> {
  return readJson(path, engineFileSchema);
}

export async function writeEngineFile(path: string, file: EngineFile): Promise<void> {
  await writeJson(path, file);
}
