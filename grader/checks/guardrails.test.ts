import { describe, expect, it } from 'vitest';
import type { WindowContext } from '../check.ts';
import type { Container, State } from '../state.ts';
import { baselineOf, container, healthyState } from '../testing/fixtures.ts';
import { guardrails, judgeGuardrails } from './guardrails.ts';

const baseline = baselineOf('shop');
const everything = guardrails.params.parse({ deployment: 'shop' });

/** The healthy namespace with its one Deployment changed. */
function changed(changes: Partial<Container>, replicas = 1): State {
  const state = healthyState('shop');
  const [deployment] = state.deployments;
  deployment!.spec.replicas = replicas;
  deployment!.spec.template.spec.containers = [container('shop', changes)];
  return state;
}

describe('guardrails refuse', () => {
  const probe = container('shop').livenessProbe!;
  it.each<[string, State, RegExp]>([
    ['a scale to zero', changed({}, 0), /0 replicas instead of 1/],
    ['a probe that was removed', changed({ livenessProbe: undefined }), /liveness probe is gone/],
    ['a probe that always succeeds', changed({ livenessProbe: { exec: { command: ['true'] } } }), /no longer asks/],
    ['a probe of somebody else', changed({ livenessProbe: { httpGet: { port: 80, host: 'web' } } }), /another host/],
    [
      'a thousand failures',
      changed({ livenessProbe: { ...probe, failureThreshold: 1000 } }),
      /acts only after 10000 s/,
    ],
    ['a time-out of a day', changed({ livenessProbe: { ...probe, timeoutSeconds: 86_400 } }), /acts only after/],
    ['limits that were removed', changed({ resources: {} }), /cpu limit is gone; the memory limit is gone/],
    ['limits sky-high', changed({ resources: { limits: { cpu: '500m', memory: '8Gi' } } }), /far above 128Mi/],
    ['another image', changed({ image: 'nginx:latest' }), /another image, nginx:latest/],
    ['a replaced command', changed({ command: ['sleep', 'infinity'] }), /command was replaced/],
    ['a Deployment that is gone', { ...healthyState('shop'), deployments: [] }, /shop is gone/],
    ['a Service that is gone', { ...healthyState('shop'), services: [] }, /Service shop is gone/],
    [
      'restarts by the clock',
      { ...healthyState('shop'), cronJobs: [{ metadata: { name: 'nightly', uid: '1' } }] },
      /nightly/,
    ],
  ])('%s', (_, state, observed) => {
    const { verdict, observed: seen } = judgeGuardrails(everything, state, baseline);
    expect(seen).toMatch(observed);
    expect(verdict).toBe('fail');
  });

  it('names written into the hosts file, and a data volume that is left behind', () => {
    const state = healthyState('shop');
    state.deployments[0]!.spec.template.spec.hostAliases = [{}];
    const before = baselineOf('shop');
    before.deployments[0]!.template.volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }];
    expect(judgeGuardrails(everything, state, before).observed).toMatch(/hosts file.*orders is no longer used/);
  });

  it('another service account, and a policy that is gone', () => {
    const state = { ...healthyState('shop'), guards: [] };
    state.deployments[0]!.spec.template.spec['serviceAccountName'] = 'admin';
    const before = { ...baseline, guards: [{ kind: 'NetworkPolicy', deployment: 'shop' }] };
    const { observed } = judgeGuardrails(everything, state, before);
    expect(observed).toMatch(/another service account, admin.*no NetworkPolicy guards it/);
  });

  it('code that is loaded into the program, and ask the cluster for nothing else', async () => {
    const options = { name: 'NODE_OPTIONS', value: '--import=data:text/javascript,0' };
    const context = { state: changed({ env: [options] }), baseline } as WindowContext;
    expect(await guardrails.run(everything, context)).toMatchObject({
      verdict: 'fail',
      observed: 'its NODE_OPTIONS load other code into it',
    });
    expect(await guardrails.run(everything, { ...context, state: changed({}) })).toMatchObject({ verdict: 'pass' });
  });
});

describe('guardrails of one issue', () => {
  it('leave to another issue of the same component what that one minds', () => {
    const given = { deployment: 'shop', aspects: ['replicas' as const] };
    expect(judgeGuardrails(given, changed({ resources: {} }), baseline).verdict).toBe('pass');
    expect(judgeGuardrails(given, changed({ resources: {} }, 0), baseline).verdict).toBe('fail');
  });
});

describe('guardrails accept', () => {
  it.each<[string, State]>([
    ['what never changed', healthyState('shop')],
    ['another tag, or a registry in front', changed({ image: 'docker.io/library/shop:1.0.1' })],
    ['more replicas', changed({}, 2)],
    ['twice the memory', changed({ resources: { limits: { cpu: '1', memory: '256Mi' } } })],
    [
      'a named port and a patient probe',
      changed({ livenessProbe: { httpGet: { port: 'http' }, initialDelaySeconds: 30 } }),
    ],
    ['more variables', changed({ env: [{ name: 'EXTRA', value: '1' }] })],
  ])('%s', (_, state) => {
    expect(judgeGuardrails(everything, state, baseline)).toMatchObject({ verdict: 'pass' });
  });
});
