import { KubeError, KubeUnreachable } from '../lib/kube/kube-error.ts';

/**
 * Everything that can go wrong for a person in front of the lab, one line a code: what happened, where, and what to
 * type next. A failure that is not here is a mistake of ours and is shown with its stack.
 */
const messages = {
  NO_LAB: (p: { dir: string }) => `No lab runs in ${p.dir}. Start one: npx brokenprod start`,
  LAB_RUNNING: (p: { dir: string; scenario: string }) =>
    `A lab already runs in ${p.dir} (${p.scenario}). Look at it: npx brokenprod status. Begin again: npx brokenprod reset. End it: npx brokenprod stop`,
  LAB_BUSY: (p: { command: string; pid: number }) =>
    `"${p.command}" is still at work in this folder (process ${p.pid}). Wait for it, or end it: npx brokenprod stop`,
  LAB_HALF_STARTED: (p: { dir: string }) =>
    `The lab in ${p.dir} never finished starting. Start it again, it cleans up by itself: npx brokenprod start`,
  ENGINE_DEAD: (p: { dir: string }) =>
    `The lab's engine in ${p.dir} is no longer running (a reboot, or it was killed). Start afresh: npx brokenprod start`,
  ENGINE_FAILED: (p: { why: string; log: string }) => `The engine did not start: ${p.why}. Its log: ${p.log}`,
  ENGINE_SLOW: (p: { seconds: number; log: string }) =>
    `The engine was not ready after ${p.seconds} s. Its log: ${p.log}. Try again: npx brokenprod start`,
  SCRIPT_FAILED: (p: { script: string; why: string }) => `${p.why} (scripts/${p.script})`,
  SEAT_OPTIONS: (p: { missing: readonly string[] }) =>
    `--engine kubeconfig also needs ${p.missing.join(', ')}. For example: npx brokenprod start --engine kubeconfig --context workshop --namespace seat-1 --images registry.example/team`,
  KUBECONFIG_UNREADABLE: (p: { file: string; why: string }) => `${p.file} is no kubeconfig that can be read: ${p.why}`,
  UNKNOWN_CONTEXT: (p: { context: string; files: readonly string[]; known: readonly string[] }) =>
    `${p.files.join(', ')} has no whole context "${p.context}". Known: ${p.known.join(', ') || 'none'}. See: kubectl config get-contexts`,
  CLUSTER_UNREACHABLE: (p: { context: string; why: string }) =>
    `The cluster of the context "${p.context}" can't be reached: ${p.why}. Look whether it runs: kubectl --context ${p.context} version`,
  CLUSTER_REFUSES_CREDENTIALS: (p: { context: string }) =>
    `The cluster of the context "${p.context}" does not take your credentials; a token may have expired. Log in again, until this works: kubectl --context ${p.context} auth whoami`,
  CLUSTER_FORBIDS: (p: { context: string; why: string }) =>
    `The cluster of the context "${p.context}" does not allow it: ${p.why}. Ask whoever runs it, or for a seat: npx brokenprod adopt --help`,
  NOT_ADOPTED: (p: { name: string; why: string; context: string; namespace: string }) =>
    `The namespace "${p.name}" ${p.why}, so nothing was touched. If the lab may have it: npx brokenprod adopt --context ${p.context} --namespace ${p.namespace}`,
  SEAT_TAKEN: (p: { namespace: string; holder: string; since: string }) =>
    `The seat "${p.namespace}" is taken by ${p.holder}, since ${p.since}. Take another one, or end that lab there: npx brokenprod stop`,
  SEAT_NOT_EMPTY: (p: { namespace: string; object: string }) =>
    `In the seat "${p.namespace}" something runs already (${p.object}) that no lab of this folder made, and a start would remove it. Remove it yourself, or take another seat`,
  BAD_SEAT_NAME: (p: { name: string }) =>
    `"${p.name}" can't be a seat: lower-case letters, digits and "-", at most 59 of them; and not default, or a namespace that begins with kube-`,
  ADOPT_REFUSED: (p: { name: string; why: string }) =>
    `The namespace "${p.name}" ${p.why}. A seat needs a namespace of its own: name one that does not exist yet`,
  BAD_DAYS: (p: { days: string }) =>
    `--days takes how long a trainee's access holds, more than 0 and at most 365 days, not "${p.days}"`,
  CLUSTER_GONE: (p: { why: string }) =>
    `Nothing could be done: ${p.why}. Look whether it still runs: npx brokenprod status. To end the lab: npx brokenprod stop`,
  CREDENTIALS_EXPIRED: () =>
    "The cluster does not take the lab's credentials any more; a token may have expired. End the lab, log in again (or get a new kubeconfig from whoever made the seat), and start again: npx brokenprod stop",
  CLUSTER_REFUSED: (p: { why: string }) =>
    `The cluster refused what the lab asked for: ${p.why}. Look what is there: npx brokenprod status. To end the lab: npx brokenprod stop`,
  ADOPT_NEEDS_YES: () => 'adopt makes and marks namespaces, and asks before it does. Where it cannot ask, say --yes',
  UNKNOWN_SCENARIO: (p: { id: string; nearest?: string; known: readonly string[] }) =>
    `There is no scenario "${p.id}". ${p.nearest ? `Did you mean "${p.nearest}"? ` : ''}Known: ${p.known.join(', ')}. See: npx brokenprod list`,
  NO_SUCH_FAULT: (p: { id: string; nearest?: string; known: readonly string[] }) =>
    `There is no fault "${p.id}". ${p.nearest ? `Did you mean "${p.nearest}"? ` : ''}Known: ${p.known.join(', ')}`,
  FAULTS_APART: (p: { one: string; other: string }) =>
    `${p.one} and ${p.other} cannot be told apart in one shop: they are of one component or begin in different ways, or one rules the other out. Start them one after the other`,
  TOO_FEW_FAULTS: (p: { asked: number; possible: number; level: string }) =>
    `No ${p.asked} faults up to the level ${p.level} can stand together with this seed, only ${p.possible}. Ask for fewer, for a higher --level, or with another --seed`,
  START_OPTIONS: (p: { why: string }) =>
    `${p.why}. For example: npx brokenprod start friday-afternoon, start --fault ID, or start --random 3 --seed 7 --level beginner`,
  NOTHING_TO_VALIDATE: (p: { path: string }) =>
    `${p.path} is neither a fault.yaml nor a scenario.yaml, nor a folder with one. Begin with a copy of scenarios/template`,
  // The known ones stay unsaid: their names give half the diagnosis away.
  UNKNOWN_FAULT: (p: { id: string; nearest?: string }) =>
    `This scenario has no issue "${p.id}". ${p.nearest ? `Did you mean "${p.nearest}"? ` : ''}The issues are named by: npx brokenprod grade`,
  UNKNOWN_SERVICE: (p: { service: string; nearest?: string; known: readonly string[] }) =>
    `There is no service "${p.service}" to build. ${p.nearest ? `Did you mean "${p.nearest}"? ` : ''}Known: ${p.known.join(', ')}`,
  BAD_TAG: (p: { tag: string }) =>
    `"${p.tag}" is no image tag: letters, digits, "_", "." and "-", at most 128 of them, not beginning with "." or "-"`,
  BUILD_FAILED: (p: { service: string; why: string }) => `${p.service} does not build:\n${p.why}`,
  DEPLOY_FAILED: (p: { what: string; why: string }) => `${p.what} could not be deployed: ${p.why}`,
  NOT_AVAILABLE: (p: { workloads: readonly string[]; seconds: number }) =>
    `${p.workloads.join(', ').replace(', and ', ' and ')} did not become available within ${p.seconds} s, so there is nothing to break. .brokenprod/logs/engine.log tells more. Try again: npx brokenprod start`,
  NOT_BROKEN: (p: { faults: readonly string[] }) =>
    `The lab could not prove that it is broken as intended (${p.faults.join('; ')}), so it is not handed over. This is an error of the lab, not yours. Try again: npx brokenprod start`,
  NO_ENTRANCE: (p: { service: string; seconds: number }) =>
    `${p.service} got no address within ${p.seconds} s: the ports 8080, 8081, 8082 and 18080 of this machine may all be taken. Free one and start again`,
  NO_KUBECTL: () =>
    'kubectl is not on this machine. Get it from https://kubernetes.io/docs/tasks/tools/ and put it on your PATH; the lab keeps running meanwhile',
  FOLDER_READ_ONLY: (p: { path: string }) =>
    `${p.path} cannot be written. A lab keeps its state in .brokenprod of the folder that you start it in: start it in a folder of yours`,
  DISK_FULL: (p: { path: string }) => `The disk is full (writing ${p.path}). Free some 200 MB and try again`,
  STATE_UNREADABLE: (p: { path: string }) =>
    `${p.path} is damaged, or was changed by hand. End what is left and begin again: npx brokenprod stop, then npx brokenprod start`,
  UNKNOWN_REPORT: (p: { file: string; known: readonly string[] }) =>
    `A report can be written as ${p.known.join(', ')}, and the file's ending says which; "${p.file}" says none of them`,
  FINDINGS_UNREADABLE: (p: { path: string; why: string }) =>
    `${p.path} can't be read as findings: ${p.why}. Mend it in an editor, or look at the form of one: npx brokenprod findings add --help`,
  FINDING_NEEDS: () =>
    'A finding needs a component and a kind of fault at least. For example: npx brokenprod findings add --component order-service --kind dependency --symptom "orders fail"',
  TOO_MANY_FINDINGS: (p: { most: number }) =>
    `There are ${p.most} findings already; remove one first: npx brokenprod findings remove 1`,
  NO_SUCH_FINDING: (p: { number: string; known: number }) =>
    `There is no finding ${p.number}; there are ${p.known}. See: npx brokenprod findings list`,
  NO_BUNDLES: (p: { path: string }) =>
    `There are no bundles in ${p.path}. A grading leaves one in .brokenprod/verdicts (*.bundle.json.gz); put those of a class into one folder, each named after its person`,
  SEEDS_UNREADABLE: (p: { path: string; why: string }) =>
    `The seeds can't be read (${p.why}). --seeds takes a file with a line for each person: ada seed-of-ada`,
  BAD_AGE: (p: { age: string }) => `--max-age takes a number of hours, more than 0, not "${p.age}"`,
  BUNDLE_UNREADABLE: (p: { path: string; why: string }) => `${p.path} can't be read: ${p.why}`,
  SOLUTION_FAILED: (p: { step: string; why: string }) => `The step "${p.step}" of the solution failed: ${p.why}`,
  OUT_NOT_EMPTY: (p: { dir: string }) =>
    `${p.dir} has something in it already. A diagnosis goes into a folder of its own: name another one with --out`,
  ROLLBACK_FAILED: (p: { step: string; why: string }) =>
    `The roll-back stopped at "${p.step}": ${p.why}. Run it again when that is out of the way: npx brokenprod rollback`,
  ROLLBACK_NEEDS_YES: () =>
    'rollback changes every Deployment that has a healthy revision to go back to. If that is what you want, say so: npx brokenprod rollback --yes',
  NEEDS_YES: () =>
    'solve gives the solution away and changes the cluster. If that is what you want, say so: npx brokenprod solve --yes',
} satisfies Record<string, (params: never) => string>;

export type LabErrorCode = keyof typeof messages;
type Params<Code extends LabErrorCode> = Parameters<(typeof messages)[Code]>[0];

/** An error to be read by the person who uses the lab; the message needs no stack beside it. */
export class LabError<Code extends LabErrorCode = LabErrorCode> extends Error {
  readonly code: Code;

  constructor(
    code: Code,
    ...[params, options]: Params<Code> extends undefined ? [undefined?, ErrorOptions?] : [Params<Code>, ErrorOptions?]
  ) {
    super((messages[code] as (params: unknown) => string)(params), options);
    this.name = 'LabError';
    this.code = code;
  }
}

/** Says in the lab's words what a cluster refused, or that it is gone; other errors come back as they are. */
export function explainClusterError(error: unknown): unknown {
  if (error instanceof KubeUnreachable) return new LabError('CLUSTER_GONE', { why: error.message }, { cause: error });
  if (!(error instanceof KubeError)) return error;
  if (error.status === 401) return new LabError('CREDENTIALS_EXPIRED', undefined, { cause: error });
  // What a cluster finds wrong with a request is a mistake of ours; what it lacks or forbids is not.
  const isTheirs = error.status === 403 || error.status === 404 || error.status >= 500;
  return isTheirs ? new LabError('CLUSTER_REFUSED', { why: error.message }, { cause: error }) : error;
}

const unwritable = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EEXIST']);

/** Says in the lab's words what the file system refused; other errors come back as they are. */
export function explainSystemError(error: unknown, path: string): unknown {
  if (error instanceof LabError || !(error instanceof Error)) return error;
  const { code, dest, path: source = path } = error as NodeJS.ErrnoException & { dest?: string };
  const where = dest ?? source;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LabError('DISK_FULL', { path: where }, { cause: error });
  if (code !== undefined && unwritable.has(code)) {
    return new LabError('FOLDER_READ_ONLY', { path: where }, { cause: error });
  }
  return error;
}
