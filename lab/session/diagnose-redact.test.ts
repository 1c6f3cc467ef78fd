import { describe, expect, it } from 'vitest';
import { redactObject, redactor } from './diagnose-redact.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('what leaves the lab in a diagnosis', () => {
  const redact = redactor([{ data: { password: base64('hunter2-long'), short: base64('on') } }]);

  it.each([
    ['refused: hunter2-long is old', 'refused: [redacted] is old'],
    [`data: ${base64('hunter2-long')}`, 'data: [redacted]'],
    ['log level: on', 'log level: on'],
    ['postgres://shop:abc@db:5432/x', 'postgres://shop:[redacted]@db:5432/x'],
    ['authorization: Bearer eyJhbGciOi.x.y', 'authorization: Bearer [redacted]'],
    ['{"dbPassword":"a \\" b","ok":1}', '{"dbPassword":"[redacted]","ok":1}'],
    ['      DB_PASSWORD:  abc', '      DB_PASSWORD:  [redacted]'],
    [
      "      DB_PASSWORD:  <set to the key 'password' in secret 'database-credentials'>  Optional: false",
      "      DB_PASSWORD:  <set to the key 'password' in secret 'database-credentials'>  Optional: false",
    ],
    ['POOL_SIZE: 8', 'POOL_SIZE: 8'],
    ['automountServiceAccountToken: false', 'automountServiceAccountToken: false'],
    ['  password: "[redacted, 26 bytes]"', '  password: "[redacted, 26 bytes]"'],
  ])('of "%s" shows "%s"', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it('holds no value of a Secret, not even in an annotation, but how long it is', () => {
    const secret = {
      kind: 'Secret',
      metadata: {
        name: 'database-credentials',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"password":"abcdef"}}' },
        managedFields: [],
      },
      data: { password: base64('abcdef') },
    };
    expect(redactObject(secret)).toEqual({
      kind: 'Secret',
      metadata: { name: 'database-credentials' },
      data: { password: '[redacted, 6 bytes]' },
    });
  });

  it('holds variables, but not the values of those that are named like secrets', () => {
    const env = [
      { name: 'API_KEY', value: 'abc' },
      { name: 'POOL_SIZE', value: '8' },
      { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'database-credentials', key: 'password' } } },
    ];
    const shown = redactObject({ kind: 'Pod', metadata: {}, spec: { containers: [{ name: 'shop', env }] } });
    expect(shown['spec']).toEqual({
      containers: [{ name: 'shop', env: [{ name: 'API_KEY', value: '[redacted]' }, env[1], env[2]] }],
    });
  });
});
