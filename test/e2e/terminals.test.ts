/** Shells in pods as a person has them: kubectl in a terminal, that of `script`, which is typed into. */
import { beforeAll, describe, expect, it } from 'vitest';
import { kubectlEnv, kubectlPath } from '../helpers/kubectl.ts';
import { createAll, podOf } from '../helpers/pods.ts';
import { eventually } from '../helpers/run.ts';
import { inTerminal } from '../helpers/terminal.ts';
import { useTestCluster } from '../helpers/use-test-cluster.ts';

describe.runIf(process.platform === 'linux')('kubectl in a terminal', () => {
  const { lab, kubectl, k } = useTestCluster();
  const kubectlInTerminal = (command: string) =>
    inTerminal(`${kubectlPath()} ${command}`, { env: kubectlEnv(lab.cluster.kubeconfigPath) });

  beforeAll(async () => {
    await createAll(
      kubectl,
      podOf('web', { image: 'web:1' }),
      podOf('shell', { command: ['sh'], stdin: true, tty: true }),
    );
    await k('expose', 'pod', 'web', '--port=80', '--target-port=3000', '--selector=none=yet');
    await k('wait', '--for=condition=Ready', 'pod/web', 'pod/shell', '--timeout=60s');
  });

  it('run -it --rm: a shell in a pod that goes with it, and its exit code', async () => {
    using run = kubectlInTerminal('run tools -it --rm --restart=Never --image=toolbox -- sh');
    await run.shows(/command prompt/);
    run.type('stty -echo; echo sum $((6*7))');
    await run.shows(/sum 42/);
    run.type('nslookup web');
    await run.shows(/Name:\s+web\.default\.svc\.cluster\.local/);
    run.type('exit 3');
    expect(await run.ended).toBe(3);
    await run.shows(/pod "tools" deleted/);
    expect((await kubectl(['get', 'pod', 'tools'])).stderr).toContain('NotFound');
  });

  it('attach -it: the terminal of the container itself, which ends with it', async () => {
    using attached = kubectlInTerminal('attach -it shell');
    await attached.shows(/command prompt/);
    attached.type('echo seen $((6*7))');
    await attached.shows(/seen 42/);
    attached.type('exit');
    expect(await attached.ended).toBe(0);
    await eventually(
      'it is started again',
      () => k('get', 'pod', 'shell', '-o', 'jsonpath={.status.containerStatuses[0].restartCount}'),
      (count) => count === '1',
    );
  });

  it('exec -it: a second shell beside the container', async () => {
    using shell = kubectlInTerminal('exec -it web -- sh');
    shell.type('echo pod $(hostname) $((6*7)); exit 4');
    await shell.shows(/pod web 42/);
    expect(await shell.ended).toBe(4);
  });

  it('debug -it: a shell of another image in the network of the pod', async () => {
    using shell = kubectlInTerminal('debug -it web --image=toolbox -- sh');
    await shell.shows(/command prompt/);
    shell.type('curl -s http://localhost:3000');
    await shell.shows(/hello from nobody/);
    shell.type('exit');
    expect(await shell.ended).toBe(0);
  });
});
