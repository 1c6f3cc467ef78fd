import { fileURLToPath } from 'node:url';

/**
 * The small programs that an incident needs inside a container, first on the PATH of containers and exec sessions.
 * They are Node programs, so the preload puts them into the pod's network and volumes; the host's are not.
 */
export const appletsDirectory: string = fileURLToPath(new URL('./bin', import.meta.url));
