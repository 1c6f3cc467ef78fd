import { afterEach, beforeEach, expect, it } from 'vitest';
import { pod, pods, startApi, type ApiUnderTest } from '../testing/api-under-test.ts';

let api: ApiUnderTest;
const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

it('a pod gets the number of its class', async () => {
  await api.ask('POST', classes, { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' });
  const made = await api.ask('POST', pods, pod('web', { priorityClassName: 'high' }));
  expect(made.object.spec).toMatchObject({ priority: 1000, preemptionPolicy: 'Never' });
});

it('without a class it gets that of the default one, or 0', async () => {
  expect((await api.ask('POST', pods, pod('a'))).object.spec).toMatchObject({ priority: 0 });
  await api.ask('POST', classes, { metadata: { name: 'usual' }, value: 7, globalDefault: true });
  const made = await api.ask('POST', pods, pod('b'));
  expect(made.object.spec).toMatchObject({ priority: 7, priorityClassName: 'usual' });
});

it('a class that is not there is refused, and the pod has no name yet', async () => {
  const refused = await api.ask('POST', pods, {
    ...pod('', { priorityClassName: 'high' }),
    metadata: { generateName: 'web-5d4f-' },
  });
  expect(refused).toMatchObject({
    code: 403,
    object: { message: 'pods "web-5d4f-" is forbidden: no PriorityClass with name high was found' },
  });
});
