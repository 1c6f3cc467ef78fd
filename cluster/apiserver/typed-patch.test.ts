import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, deployment, deployments, startApi } from './testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
});

afterEach(() => api.server.close());

async function applied(spec: object): Promise<{ code: number; message: string | undefined }> {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('web'), ...spec };
  const type = 'application/apply-patch+yaml';
  const answer = await api.ask('PATCH', `${deployments}/web`, object, { type, query: 'fieldManager=me' });
  return { code: answer.code, message: answer.object.message };
}

const container = (fields: object) => {
  const { spec } = deployment('web') as { spec: { template: { spec: { containers: object[] } } } };
  const containers = [{ ...spec.template.spec.containers[0], name: 'c', ...fields }];
  return { spec: { ...spec, template: { ...spec.template, spec: { containers } } } };
};

const inContainer = '.spec.template.spec.containers[name="c"]';
const untyped = 'failed to create typed patch object (/web; apps/v1, Kind=Deployment): ';
const unfit =
  'failed to convert new object (/web; apps/v1, Kind=Deployment) to proper version (apps/v1): unable to convert unstructured object to apps/v1, Kind=Deployment: ';

/** Each was sent to a kube-apiserver (1.20.2), which answered so, but for the name of the object and Go's words for a type. */
describe('what server-side apply says of a value that does not fit', () => {
  it.each([
    [
      { env: [{ name: 'X', value: 3000 }] },
      '.env[name="X"].value: expected string, got &value.valueUnstructured{Value:3000}',
    ],
    [
      { env: [{ name: 'X', value: ['a'] }] },
      '.env[name="X"].value: expected string, got &value.valueUnstructured{Value:[]interface {}{"a"}}',
    ],
    [
      { env: [{ name: 'X', value: { a: 'b' } }] },
      '.env[name="X"].value: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"a":"b"}}',
    ],
    [{ env: { X: 'a' } }, '.env: expected list, got &{map[X:a]}'],
    [{ command: 'sh' }, '.command: expected list, got &{sh}'],
    [{ command: ['sh', 5] }, '.command[1]: expected string, got &value.valueUnstructured{Value:5}'],
    [
      { ports: [{ containerPort: '80' }] },
      '.ports[containerPort="80",protocol="TCP"].containerPort: expected numeric (int or float), got string',
    ],
    [{ tty: 'yes' }, '.tty: expected boolean, got &{yes}'],
    [{ bogus: 1 }, '.bogus: field not declared in schema'],
  ])('in a container: %j', async (fields, problem) => {
    expect(await applied(container(fields))).toEqual({ code: 500, message: `${untyped}${inContainer}${problem}` });
  });

  it.each([
    [{ resources: { limits: { cpu: '1x' } } }, /quantities must match the regular expression/],
    [{ livenessProbe: { httpGet: { port: true } } }, /json: cannot unmarshal bool into Go value of type int32$/],
  ])('which only the conversion finds: %j', async (fields, problem) => {
    const { code, message } = await applied(container(fields));
    expect({ code, message: message?.slice(0, unfit.length) }).toEqual({ code: 500, message: unfit });
    expect(message?.slice(unfit.length)).toMatch(problem);
  });

  it('all of it at once', async () => {
    const metadata = { name: 'web', labels: 5 };
    const { code, message } = await applied({ metadata, ...container({ image: 5 }) });
    expect({ code, lines: message?.split('\n') }).toEqual({
      code: 500,
      lines: [
        `${untyped}errors:`,
        '  .metadata.labels: expected map, got &{5}',
        `  ${inContainer}.image: expected string, got &value.valueUnstructured{Value:5}`,
      ],
    });
  });

  it('and takes a number for a quantity', async () => {
    expect(await applied(container({ resources: { limits: { cpu: 1 } } }))).toMatchObject({ code: 201 });
  });
});
