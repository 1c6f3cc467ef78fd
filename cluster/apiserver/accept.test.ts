import { describe, expect, it } from 'vitest';
import { StatusError } from '../objects/status-error.ts';
import { checkAccept, parseAccept } from './accept.ts';
import { configMap, configMaps, startApi } from './testing/api-under-test.ts';

const meta = 'v=v1;g=meta.k8s.io';
const plain = { representation: 'plain', format: 'json' };

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.message}`;
  }
  return 'accepted';
}

describe('what a client accepts', () => {
  it.each([
    [undefined, plain],
    ['*/*', plain],
    ['text/html, application/*;q=0.8', plain],
    [`application/json;as=Table;${meta},application/json`, { representation: 'table', format: 'json' }],
    [`application/json;as=Table;v=v2;g=meta.k8s.io,application/json`, plain],
    [`application/json;as=PartialObjectMetadata;${meta}`, { representation: 'metadata', format: 'json' }],
    ['application/json;q=0.5, application/yaml', { representation: 'plain', format: 'yaml' }],
    ['*/*, application/yaml', { representation: 'plain', format: 'yaml' }],
    [`application/vnd.kubernetes.protobuf;as=Table;${meta}, application/json`, plain],
  ])('of %s is the first that there is', (accept, expected) => {
    expect(parseAccept(accept)).toEqual(expected);
  });

  it('is refused where there is none of it', () => {
    expect(refusal(() => parseAccept('application/json;as=Foo;v=v1;g=meta.k8s.io'))).toBe(
      '406 only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
    expect(refusal(() => parseAccept('application/yaml', { isWatch: true }))).toBe(
      '406 only the following media types are accepted: application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    );
    expect(refusal(() => checkAccept('text/html, application/xml'))).toBe('406 406: Not Acceptable');
    expect(refusal(() => checkAccept('text/plain', ['text/plain']))).toBe('accepted');
  });
});

describe('an answer', () => {
  it('is YAML where that is asked for, errors too', async () => {
    await using server = (await startApi()).server;
    const send = async (path: string, accept: string) => {
      const answer = await server.handle({
        method: 'GET',
        path,
        query: new URLSearchParams(),
        headers: { accept },
        body: new Uint8Array(),
        user: 'somebody',
        signal: new AbortController().signal,
      });
      return answer.type === 'bytes' ? [answer.code, answer.contentType, Buffer.from(answer.bytes).toString()] : answer;
    };
    expect(await send(`${configMaps}/a`, 'application/yaml')).toEqual([
      404,
      'application/yaml',
      [
        'apiVersion: v1',
        'code: 404',
        'details:',
        '  kind: configmaps',
        '  name: a',
        'kind: Status',
        'message: configmaps "a" not found',
        'metadata: {}',
        'reason: NotFound',
        'status: Failure',
        '',
      ].join('\n'),
    ]);
    expect(await send(configMaps, 'text/html')).toMatchObject({ code: 406, object: { reason: 'NotAcceptable' } });
    expect(await send('/foo', '*/*')).toEqual([404, 'text/plain; charset=utf-8', '404 page not found\n']);
    expect(await send('/apis/apps/v9/deployments', '*/*')).toMatchObject({ code: 404, object: { kind: 'Status' } });
  });

  it('of a list as one object, or of one object as a list, is refused before anything changes', async () => {
    await using server = (await startApi()).server;
    const ask = async (method: string, path: string, as: string, body: object = new Uint8Array()) =>
      server.handle({
        method,
        path,
        query: new URLSearchParams(),
        headers: { accept: `application/json;as=${as};${meta}` },
        body,
        user: 'somebody',
        signal: new AbortController().signal,
      });
    expect(await ask('GET', configMaps, 'PartialObjectMetadata')).toMatchObject({
      code: 406,
      object: {
        message: 'you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)',
      },
    });
    expect(await ask('GET', configMaps, 'PartialObjectMetadataList')).toMatchObject({
      code: 200,
      object: { kind: 'PartialObjectMetadataList' },
    });
    expect(await ask('POST', configMaps, 'Foo', configMap('a'))).toMatchObject({ code: 406 });
    expect(await ask('GET', `${configMaps}/a`, 'Table')).toMatchObject({ code: 404 });
  });
});
