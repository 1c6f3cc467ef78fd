import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../lib/clock.ts';
import { connectKube, type Kube } from '../../../lib/kube/kube.ts';
import { extractContext, kubeconfigFiles } from '../../engines/seat-kubeconfig.ts';
import { LabError } from '../../errors.ts';
import { adopt as adoptSeats, planAdoption, release, type Adoption } from '../../session/adopt.ts';
import { isAgreed } from '../ask.ts';
import { exitCode, print, printJson, type Invocation } from '../invocation.ts';

interface Options {
  context: string;
  namespace: string[];
  kubeconfig?: string;
  yes?: boolean;
  undo?: boolean;
}

/** Makes seats on somebody's cluster, or gives them back. */
export async function adopt(invocation: Invocation, options: Options): Promise<number> {
  await using kube = await connectTo(options);
  return options.undo ? await undoAdoption(invocation, kube, options) : await makeSeats(invocation, kube, options);
}

async function makeSeats(invocation: Invocation, kube: Kube, { namespace: seats, yes }: Options): Promise<number> {
  const plan = await planAdoption(kube, seats);
  const open = plan.filter(({ action }) => action !== 'nothing');
  if (!invocation.json) print(describePlan(kube, plan));
  if (open.length > 0 && !(await agreed(invocation, yes, 'Make these seats?'))) {
    print('Nothing was changed.');
    return exitCode.notPassed;
  }
  await adoptSeats(kube, plan);
  if (invocation.json) printJson({ context: kube.access.context, server: kube.access.server, namespaces: plan });
  else print(open.length > 0 ? 'Done.' : 'These seats are there already; nothing was changed.');
  return exitCode.done;
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

function describePlan(kube: Kube, plan: readonly Adoption[]): string {
  const words = {
    create: 'is made and marked',
    mark: 'is there, is empty and gets marked',
    nothing: 'is marked already',
  };
  const width = Math.max(...plan.map(({ name }) => name.length));
  return `On the cluster of the context "${kube.access.context}" (${kube.access.server}):

${plan.map(({ name, action }) => `  namespace ${name.padEnd(width)}  ${words[action]}`).join('\n')}

Nothing else is created now. A lab that is started there creates, in each seat's first namespace, six Deployments, six
Services and a volume claim of 1 Gi; in the second three Deployments with two Services, and a ConfigMap that says who
sits there. All of it asks for 9 × 50m CPU and 9 × 64Mi memory, with limits of 9 × 500m and about 1.6 Gi. Nothing is
exposed to the outside. The lab never touches another namespace; this takes the seats back:
  npx brokenprod adopt --context ${kube.access.context} ${[...new Set(plan.map(({ seat }) => `--namespace ${seat}`))].join(' ')} --undo
`;
}

/** The user's kubeconfig is read through a copy of the one context. */
async function connectTo({ context, kubeconfig }: Options): Promise<Kube> {
  const dir = await mkdtemp(join(tmpdir(), 'brokenprod-adopt-'));
  try {
    const kubeconfigPath = join(dir, 'kubeconfig');
    await writeFile(kubeconfigPath, await extractContext(kubeconfigFiles(kubeconfig), context, 'default'), {
      mode: 0o600,
    });
    return await connectKube({ kubeconfigPath });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
