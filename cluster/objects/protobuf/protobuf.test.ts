import { describe, expect, it } from 'vitest';
import { kinds } from '../kinds/index.ts';
import { findModel } from '../openapi/models.ts';
import { parseFieldType, type FieldType } from '../openapi/field-type.ts';
import { decodeProtobuf } from './index.ts';
import { findMessage, messageNameOf } from './messages.ts';

const field = (number: number, bytes: Uint8Array | string): Buffer => {
  const body = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(body.length)]), body]);
};
const integer = (number: number, value: number): Buffer => Buffer.from([number << 3, ...varint(value)]);
const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]);
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);
const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
  message(Buffer.from('k8s\0'), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));

describe('protobuf bodies', () => {
  it('keeps an empty value of a ConfigMap and drops empty metadata', () => {
    const entry = (key: string, value?: string) =>
      field(2, message(field(1, key), ...(value === undefined ? [] : [field(2, value)])));
    const body = envelope(
      'v1',
      'ConfigMap',
      message(field(1, message(field(1, 'settings'), field(2, ''))), entry('mode', 'fast'), entry('empty')),
    );
    expect(decodeProtobuf(body)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { mode: 'fast', empty: '' },
    });
  });

  it('keeps replicas: 0, which is a pointer, and leaves out a zero that is not', () => {
    const spec = message(integer(1, 0), integer(5, 0), field(2, field(1, message(field(1, 'app'), field(2, 'web')))));
    const body = envelope('apps/v1', 'Deployment', message(field(1, field(1, 'web')), field(2, spec)));
    expect(decodeProtobuf(body)).toMatchObject({ spec: { replicas: 0, selector: { matchLabels: { app: 'web' } } } });
    expect(decodeProtobuf(body).spec).not.toHaveProperty('minReadySeconds');
  });

  it('merges structs that Go has inline, as an Ingress rule is', () => {
    const path = message(
      field(1, '/'),
      field(3, 'Prefix'),
      field(2, field(4, message(field(1, 'web'), field(2, integer(2, 80))))),
    );
    const rule = message(field(1, 'shop.test'), field(2, field(1, field(1, path))));
    const body = envelope(
      'networking.k8s.io/v1',
      'Ingress',
      message(field(1, field(1, 'web')), field(2, field(3, rule))),
    );
    expect(decodeProtobuf(body).spec).toEqual({
      rules: [
        {
          host: 'shop.test',
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
          },
        },
      ],
    });
  });

  it('writes Secret data as base64', () => {
    const body = envelope(
      'v1',
      'Secret',
      message(field(1, field(1, 's')), field(2, message(field(1, 'password'), field(2, 'hunter2')))),
    );
    expect(decodeProtobuf(body)).toMatchObject({ data: { password: 'aHVudGVyMg==' } });
  });

  it('reads a time to the microsecond where the API has it so, as a Lease does', () => {
    const time = message(integer(1, 1_795_284_000), integer(2, 123_456_000));
    const body = envelope('coordination.k8s.io/v1', 'Lease', message(field(2, message(field(1, ''), field(4, time)))));
    expect(decodeProtobuf(body).spec).toEqual({ holderIdentity: '', renewTime: '2026-11-21T18:00:00.123456Z' });
  });

  it('may be of any kind that is served, save one whose data may be anything', () => {
    const unknown = kinds.filter(({ group, version, kind }) => {
      return !findMessage(messageNameOf(group ? `${group}/${version}` : version, kind));
    });
    expect(unknown.map(({ kind }) => kind)).toEqual(['ControllerRevision']);
  });

  it('lose no field of a pod, and volumes only of kinds that are gone', () => {
    const lost = lostFields('V1PodSpec', 'PodSpec');
    const gone = [...findModel('V1Volume')!.fields.keys()].filter((name) => !volumeFields.has(name));
    expect([...lost].toSorted()).toEqual(gone.map((name) => `Volume.${name}`).toSorted());
  });

  it.for([
    ['another format', Buffer.from('{"kind":"Pod"}')],
    ['a body cut short', envelope('v1', 'ConfigMap', field(1, field(1, 'x'))).subarray(0, -2)],
    ['a kind that kubectl never sends so', envelope('v1', 'Nothing', Buffer.alloc(0))],
    ['an endless number', message(Buffer.from('k8s\0'), Buffer.alloc(20, 0xff))],
  ] as const)('refuses %s with a RangeError', ([, body]) => {
    expect(() => decodeProtobuf(body)).toThrow(RangeError);
  });
});

const volumeFields = new Set(
  'name hostPath emptyDir secret nfs persistentVolumeClaim downwardAPI configMap projected csi ephemeral image'.split(
    ' ',
  ),
);

/** Fields that the API's model of a message has and its table has not, here and below. */
function lostFields(modelName: string, messageName: string, seen = new Set<string>()): Set<string> {
  const known = fieldsOf(messageName);
  if (seen.has(messageName)) return new Set();
  seen.add(messageName);
  const lost = new Set<string>();
  for (const { name, type } of findModel(modelName)?.fields.values() ?? []) {
    const spec = known.get(name);
    const below = modelIn(parseFieldType(type));
    if (!spec) lost.add(`${messageName}.${name}`);
    else if (below && spec !== 'ObjectMeta') for (const field of lostFields(below, spec, seen)) lost.add(field);
  }
  return lost;
}

/** Name and type of a message's fields, with those of structs that are inline. */
function fieldsOf(messageName: string): Map<string, string> {
  const fields = [...(findMessage(messageName)?.values() ?? [])];
  return new Map(
    fields.flatMap(({ name, type, form }) => (form === 'inline' ? [...fieldsOf(type)] : [[name, type] as const])),
  );
}

function modelIn(type: FieldType): string | undefined {
  if (type.shape === 'list' || type.shape === 'map') return modelIn(type.of);
  return type.shape === 'model' ? type.name : undefined;
}
