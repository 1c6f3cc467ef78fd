import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeJson, type LabFolder } from '../lab-folder.ts';
import { ownCluster, type Seat } from '../seat.ts';

/** Which engine runs the lab of a folder, with all that is needed to find it again; kept in `target.json`. */
const targetSchema = z.discriminatedUnion('engine', [
  z.object({ engine: z.literal('embedded') }),
  z.object({ engine: z.literal('k3d'), cluster: z.string() }),
  z.object({
    engine: z.literal('kubeconfig'),
    /** The user's file; it is only read. */
    kubeconfig: z.string().optional(),
    context: z.string(),
    namespace: z.string(),
    /** Where images are taken to: a registry's path, or `k3d:`, `kind:` or `minikube:` and a name. */
    images: z.string(),
    /** What the nodes are, where that is not what this machine is: `linux/arm64`; several for a registry. */
    platform: z.string().optional(),
  }),
]);
export type Target = z.infer<typeof targetSchema>;
export type SeatTarget = Extract<Target, { engine: 'kubeconfig' }>;

const fileName = 'target.json';

/** The engine that this folder's lab runs on. A file that can't be read is as good as none: `stop` must still work. */
export function readTarget({ dir }: LabFolder): Target {
  try {
    return targetSchema.parse(JSON.parse(readFileSync(join(dir, fileName), 'utf8')));
  } catch {
    return { engine: 'embedded' };
  }
}

export async function writeTarget({ dir }: LabFolder, target: Target): Promise<void> {
  await writeJson(join(dir, fileName), target);
}

/** The namespace beside a seat's own, for telemetry, the stand-in and the shoppers. */
export function labNamespaceOf(namespace: string): string {
  return `${namespace}-lab`;
}

/** Where on the engine's cluster the shop stands. */
export function seatOf(target: Target): Seat {
  if (target.engine !== 'kubeconfig') return ownCluster;
  const { namespace, images } = target;
  const isOnNodes = /^(k3d|kind|minikube):/.test(images);
  return {
    namespace,
    labNamespace: labNamespaceOf(namespace),
    // Each seat has its own names, as each builds its own `order-service:latest`.
    imagePrefix: `${isOnNodes ? '' : `${images.replace(/\/+$/, '')}/`}${namespace}/`,
    alwaysPull: !isOnNodes,
    loadBalancer: false,
  };
}
