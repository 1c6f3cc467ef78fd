import { buildWorkspaceImage } from '../../session/images.ts';
import { requireLab } from '../../session/session-record.ts';
import { labHere, print, printJson, type Invocation } from '../invocation.ts';

export async function buildImage(invocation: Invocation, service: string, { tag }: { tag: string }): Promise<void> {
  const { ref, image } = await buildWorkspaceImage(labHere(invocation), service, tag);
  if (invocation.json) {
    printJson({ ref, digest: image.digest });
    return;
  }
  print(`Built ${ref} (${shortDigest(image.digest)}) from .brokenprod/incident/services/${service}.`);
  print(`Roll it out, for example: kubectl rollout restart deployment/${service} -n production`);
}

export async function listImages(invocation: Invocation): Promise<void> {
  const lab = labHere(invocation);
  const { engine } = await requireLab(lab.folder, lab.engine);
  const images = await engine.images.list();
  if (invocation.json) {
    printJson({ images: images.map(({ ref, image }) => ({ ref, digest: image.digest, createdAt: image.createdAt })) });
    return;
  }
  const width = Math.max(...images.map(({ ref }) => ref.length));
  for (const { ref, image } of images)
    print(`${ref.padEnd(width)}   ${shortDigest(image.digest)}   ${image.createdAt}`);
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
