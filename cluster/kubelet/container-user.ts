import type { Container, Pod } from '../objects/types.ts';

/** The user that a container runs as. Pure; an image names none, so root is what is left. */
export function userOf(pod: Pod, container: Container): { uid: number; gid: number; supplementalGroups: number[] } {
  const security = { ...pod.spec?.securityContext, ...container.securityContext };
  const gid = security.runAsGroup ?? 0;
  const groups = [
    gid,
    ...(security.fsGroup === undefined ? [] : [security.fsGroup]),
    ...(security.supplementalGroups ?? []),
  ];
  return { uid: security.runAsUser ?? 0, gid, supplementalGroups: [...new Set(groups)] };
}

/** Why a container that must not run as root would, in the kubelet's words; undefined when all is well. Pure. */
export function rootProblem(pod: Pod, container: Container): string | undefined {
  const { runAsNonRoot, runAsUser } = { ...pod.spec?.securityContext, ...container.securityContext };
  if (!runAsNonRoot || (runAsUser !== undefined && runAsUser !== 0)) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const where = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
  return runAsUser === 0
    ? `container's runAsUser breaks non-root policy ${where}`
    : `container has runAsNonRoot and image will run as root ${where}`;
}
