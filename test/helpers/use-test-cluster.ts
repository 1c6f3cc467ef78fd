import { afterAll, beforeAll } from 'vitest';
import { startTestCluster, type TestCluster, type TestClusterOptions } from './cluster.ts';
import { kubectlFor, outputOf, type Kubectl, type KubectlVersion } from './kubectl.ts';

interface UsedCluster {
  lab: Pick<TestCluster, 'cluster' | 'dir'>;
  kubectl: Kubectl;
  /** What kubectl prints; it must succeed. */
  k: (...args: string[]) => Promise<string>;
}

/**
 * A cluster for the tests of the enclosing file or `describe`, and the kubectl of it. It is there from the `beforeAll`s
 * that come after this call until their `afterAll`s are done, and it goes even if one of them fails.
 */
export function useTestCluster({
  version,
  ...options
}: TestClusterOptions & { version?: KubectlVersion } = {}): UsedCluster {
  let running: { lab: TestCluster; kubectl: Kubectl } | undefined;
  const used = () => {
    if (!running) throw new Error('the test cluster is not started: call this in a test or a later beforeAll');
    return running;
  };
  beforeAll(async () => {
    const lab = await startTestCluster(options);
    running = { lab, kubectl: kubectlFor(lab.cluster.kubeconfigPath, version) };
  });
  afterAll(() => running?.lab[Symbol.asyncDispose]());
  const kubectl: Kubectl = async (...given) => used().kubectl(...given);
  return {
    lab: {
      get cluster() {
        return used().lab.cluster;
      },
      get dir() {
        return used().lab.dir;
      },
    },
    kubectl,
    k: outputOf(kubectl),
  };
}
