import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock } from '../../../lib/clock.ts';
import { connectKube, type Kube } from '../../../lib/kube/kube.ts';
import { grantAccess } from '../../engines/seat-access.ts';
import { extractContext, kubeconfigFiles, withToken } from '../../engines/seat-kubeconfig.ts';
import { reach } from '../../engines/seat-mark.ts';
import { LabError } from '../../errors.ts';
import { writeWhole } from '../../lab-folder.ts';
import { adopt as adoptSeats, planAdoption, release, type Adoption } from '../../session/adopt.ts';
import { isAgreed } from '../ask.ts';
import { exitCode, print, printJson, type Invocation } from '../invocation.ts';

interface Options {
  context: string;
  namespace: string[];
  kubeconfig?: string;
  /** Where kubeconfigs for the trainees go. */
  access?: string;
  days: string;
  yes?: boolean;
  undo?: boolean;
}

/** Makes seats on somebody's cluster, or gives them back. */
export async function adopt(invocation: Invocation, options: Options): Promise<number> {
  const { context, kubeconfig } = options;
  const config = await extractContext(kubeconfigFiles(kubeconfig), context, 'default');
  await using kube = await connectTo(config);
  return options.undo
    ? await undoAdoption(invocation, kube, options)
    : await makeSeats(invocation, kube, config, options);
}

async function makeSeats(invocation: Invocation, kube: Kube, config: string, options: Options): Promise<number> {
  const { namespace: seats, access, yes } = options;
  const validS = secondsOf(options.days);
  const plan = await planAdoption(kube, seats);
  const open = plan.filter(({ action }) => action !== 'nothing');
  const isSomething = open.length > 0 || access !== undefined;
  if (!invocation.json) print(describePlan(kube, plan, access));
  if (isSomething && !(await agreed(invocation, yes, 'Make these seats?'))) {
    print('Nothing was changed.');
    return exitCode.notPassed;
  }
  await adoptSeats(kube, plan);
  const accesses = access ? await writeAccesses(kube, config, seats, { dir: resolve(access), validS }) : [];
  const { context, server } = kube.access;
  if (invocation.json) printJson({ context, server, namespaces: plan, ...(access && { access: accesses }) });
  else {
    print(isSomething ? 'Done.' : 'These seats are there already; nothing was changed.');
    for (const { file, expiresAt } of accesses) print(`  ${file}   until ${expiresAt}`);
  }
  return exitCode.done;
}

interface Access {
  seat: string;
  file: string;
  expiresAt: string;
}

/** One kubeconfig a seat, for its trainee and nobody else. */
async function writeAccesses(
  kube: Kube,
  config: string,
  seats: readonly string[],
  { dir, validS }: { dir: string; validS: number },
): Promise<Access[]> {
  const accesses: Access[] = [];
  for (const seat of seats) {
    const { token, expiresAt } = await reach(kube, () => grantAccess(kube, seat, validS));
    const file = join(dir, `${seat}.kubeconfig`);
    await writeWhole(file, await withToken(config, { name: seat, namespace: seat, token }), 0o600);
    accesses.push({ seat, file, expiresAt });
  }
  return accesses;
}

/** @throws LabError BAD_DAYS */
function secondsOf(days: string): number {
  const number = Number(days);
  if (!(number > 0 && number <= 365)) throw new LabError('BAD_DAYS', { days });
  return Math.max(600, Math.round(number * 86_400));
}

async function undoAdoption(invocation: Invocation, kube: Kube, { namespace: seats, yes }: Options): Promise<number> {
  const { context, server } = kube.access;
  if (!invocation.json) {
    print(`On the cluster of "${context}" (${server}) all that labs have in the seats ${seats.join(', ')} is deleted.`);
  }
  if (!(await agreed(invocation, yes, 'Give them back?'))) {
    print('Nothing was changed.');
    return exitCode.notPassed;
  }
  const signal = AbortSignal.any([invocation.signal, AbortSignal.timeout(120_000)]);
  const released = [];
  for (const seat of seats) released.push(...(await release(kube, seat, { clock: systemClock, signal })));
  if (invocation.json) printJson({ context, server, namespaces: released });
  else for (const { name, action } of released) print(`${name}: ${action}`);
  return exitCode.done;
}

/** @throws LabError ADOPT_NEEDS_YES when nobody can be asked */
async function agreed(invocation: Invocation, yes: boolean | undefined, question: string): Promise<boolean> {
  const answer = yes ?? (await isAgreed(invocation, question));
  if (answer === undefined) throw new LabError('ADOPT_NEEDS_YES');
  return answer;
}

const accessWords = (dir: string): string => `
For each seat also the service account brokenprod-trainee (in its second namespace), which may do in the two namespaces
what their owner may (the cluster's role "admin"), and set quotas in the first. Its token is put into ${dir}.
`;

function describePlan(kube: Kube, plan: readonly Adoption[], access: string | undefined): string {
  const words = {
    create: 'is made and marked',
    mark: 'is there, is empty and gets marked',
    nothing: 'is marked already',
  };
  const width = Math.max(...plan.map(({ name }) => name.length));
  return `On the cluster of the context "${kube.access.context}" (${kube.access.server}):

${plan.map(({ name, action }) => `  namespace ${name.padEnd(width)}  ${words[action]}`).join('\n')}
${access ? accessWords(access) : ''}
Nothing else is created now. A lab that is started there creates, in each seat's first namespace, six Deployments, six
Services and a volume claim of 1 Gi; in the second three Deployments with two Services, and a ConfigMap that says who
sits there. All of it asks for 9 × 50m CPU and 9 × 64Mi memory, with limits of 9 × 500m and about 1.6 Gi. Nothing is
exposed to the outside. The lab never touches another namespace; this takes the seats back:
  npx brokenprod adopt --context ${kube.access.context} ${[...new Set(plan.map(({ seat }) => `--namespace ${seat}`))].join(' ')} --undo
`;
}

/** The user's kubeconfig is read through a copy of the one context. */
async function connectTo(config: string): Promise<Kube> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-adopt-'));
  try {
    const kubeconfigPath = join(dir, 'kubeconfig');
    await writeFile(kubeconfigPath, config, { mode: 0o600 });
    return await connectKube({ kubeconfigPath });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
