import { attempt, Problem } from './script.ts';

interface Tool {
  /** Prints the version, somewhere in its output. */
  version: readonly string[];
  /** Lowest version that is known to do what we ask. */
  atLeast: readonly [major: number, minor: number];
  get: string;
}

const tools = {
  docker: { version: ['docker', '--version'], atLeast: [20, 10], get: 'https://docs.docker.com/get-docker/' },
  buildx: {
    version: ['docker', 'buildx', 'version'],
    atLeast: [0, 8],
    get: 'https://docs.docker.com/build/buildx/install/',
  },
  k3d: { version: ['k3d', 'version'], atLeast: [5, 4], get: 'https://k3d.io/stable/#installation' },
  kind: { version: ['kind', 'version'], atLeast: [0, 20], get: 'https://kind.sigs.k8s.io/' },
  minikube: { version: ['minikube', 'version'], atLeast: [1, 28], get: 'https://minikube.sigs.k8s.io/docs/start/' },
  kubectl: {
    version: ['kubectl', 'version', '--client'],
    atLeast: [1, 28],
    get: 'https://kubernetes.io/docs/tasks/tools/',
  },
} satisfies Record<string, Tool>;
export type ToolName = keyof typeof tools;

/**
 * Looks for the tools that a script needs, and for Docker's daemon when it is among them.
 * @throws Problem with one sentence for each that is missing or too old
 */
export async function requireTools(names: readonly ToolName[]): Promise<void> {
  const problems = (await Promise.all(names.map(problemWith))).filter((problem) => problem !== undefined);
  if (problems.length === 0 && names.includes('docker')) {
    const daemon = await attempt(['docker', 'version', '--format', '{{.Server.Version}}']);
    if (!daemon.ok) problems.push(daemonProblem(daemon.stderr));
  }
  if (problems.length > 0) throw new Problem(problems.join('\n  '));
}

async function problemWith(name: ToolName): Promise<string | undefined> {
  const { version, atLeast, get } = tools[name];
  const { ok, stdout, stderr } = await attempt(version);
  if (!ok) return `${name} is not on this machine, or does not run. Get it: ${get}`;
  const found = versionIn(stdout + stderr);
  if (!found || isAtLeast(found, atLeast)) return undefined;
  return `${name} ${found.join('.')} is too old, ${atLeast.join('.')} or newer is needed. Get it: ${get}`;
}

/** The first version number in a tool's output. */
export function versionIn(output: string): [major: number, minor: number] | undefined {
  const [, major, minor] = /\bv?(\d+)\.(\d+)(?:\.\d+)?/.exec(output) ?? [];
  return major && minor ? [Number(major), Number(minor)] : undefined;
}

export function isAtLeast([major, minor]: readonly [number, number], [least, leastMinor]: readonly [number, number]) {
  return major > least || (major === least && minor >= leastMinor);
}

function daemonProblem(stderr: string): string {
  return /permission denied/i.test(stderr)
    ? "Docker's daemon runs, but you may not talk to it. Join the group docker, or use a rootless Docker"
    : "Docker's daemon does not answer. Start Docker and try again";
}
