import { describe, expect, it } from 'vitest';
import { alteredLabWorkload, describeLabWorkloads, relyOnLab } from './lab-workloads.ts';
import type { State } from './state.ts';
import { endpointSlice, healthyState, pod } from './testing/fixtures.ts';

const lab = (): State => healthyState('stand-in', 'telemetry', 'shoppers');
const before = describeLabWorkloads(lab());

describe("the lab's own workloads", () => {
  it('are as deployed, whoever restarted them, sent the shoppers home or the traces on', () => {
    const state = lab();
    state.deployments[0]!.spec.template.metadata!.labels!['restartedAt'] = 'now';
    state.deployments[2]!.spec.replicas = 0;
    mainOf(state, 1).env!.push({ name: 'FORWARD_URL', value: 'http://otel-collector:4318' });
    state.pods = [pod('stand-in', 'b'), pod('telemetry')];
    state.endpointSlices[0] = endpointSlice('stand-in', ['stand-in-1-b']);
    expect(alteredLabWorkload(before, state)).toBeUndefined();
  });

  it.each<[string, string, (state: State) => void]>([
    ['runs another program', 'telemetry', (state) => (mainOf(state, 1).image = 'forger:latest')],
    ['has hardly any CPU', 'stand-in', (state) => (mainOf(state, 0).resources = { limits: { cpu: '1m' } })],
    ['is gone', 'telemetry', (state) => (state.deployments = state.deployments.slice(0, 1))],
    ['has a Service to elsewhere', 'stand-in', (state) => (state.services[0]!.spec.selector = { app: 'liar' })],
    [
      'has company behind its Service',
      'stand-in',
      (state) => (state.endpointSlices[0] = endpointSlice('stand-in', ['stand-in-1-a', 'liar'])),
    ],
  ])('one that %s is not relied on', (_, name, alter) => {
    const state = lab();
    alter(state);
    const alteredLab = alteredLabWorkload(before, state);
    expect(alteredLab).toBe(`the lab's own ${name} is not as the lab deployed it; brokenprod reset puts it back`);
    expect(() => relyOnLab({ alteredLab: alteredLab! })).toThrow(alteredLab);
  });
});

function mainOf(
  state: State,
  index: number,
): State['deployments'][number]['spec']['template']['spec']['containers'][0] {
  return state.deployments[index]!.spec.template.spec.containers[0]!;
}
