import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, configMap, configMaps, startApi } from './testing/api-under-test.ts';

let api: ApiUnderTest;

beforeEach(async () => {
  api = await startApi();
  await api.ask('POST', configMaps, configMap('one'));
});

afterEach(() => api.server.close());

const merge = 'application/merge-patch+json';
const apply = 'application/apply-patch+yaml';
const one = `${configMaps}/one`;

describe('the options of a write', () => {
  it.each([
    ['POST', configMaps, 'dryRun=all', 'CreateOptions', 'dryRun: Unsupported value: ["all"]: supported values: "All"'],
    ['PUT', one, 'dryRun=', 'UpdateOptions', 'dryRun: Unsupported value: [""]: supported values: "All"'],
    [
      'POST',
      configMaps,
      'fieldValidation=strict',
      'CreateOptions',
      'fieldValidation: Unsupported value: "strict": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    [
      'POST',
      configMaps,
      `fieldManager=${'m'.repeat(129)}`,
      'CreateOptions',
      'fieldManager: Too long: may not be more than 128 bytes',
    ],
    [
      'PUT',
      one,
      'fieldManager=a%01',
      'UpdateOptions',
      String.raw`fieldManager: Invalid value: "a\u0001": invalid character U+0001 (at position 1)`,
    ],
  ])('are refused when nobody knows them: %s %s?%s', async (method, path, query, kind, why) => {
    const answer = await api.ask(method, path, configMap('one'), { query });
    expect(answer).toMatchObject({
      code: 422,
      object: { reason: 'Invalid', message: `${kind}.meta.k8s.io "" is invalid: ${why}` },
    });
  });

  it('force nothing but applies, whose manager has a name', async () => {
    const forced = await api.ask('PATCH', one, {}, { type: merge, query: 'force=true' });
    expect(forced.object.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
    const nameless = await api.ask('PATCH', one, configMap('one'), { type: apply });
    expect(nameless.object.message).toContain('fieldManager: Required value: is required for apply patch');
    const other = { apiVersion: 'v1', kind: 'ConfigMap', ...configMap('one'), data: { key: 'b' } };
    expect(await api.ask('PATCH', one, other, { type: apply, query: 'fieldManager=m' })).toMatchObject({ code: 409 });
    const yes = 'fieldManager=m&force=yes';
    expect(await api.ask('PATCH', one, other, { type: apply, query: yes })).toMatchObject({ code: 200 });
  });
});

describe('the options of a delete', () => {
  it.each([
    [
      { propagationPolicy: 'foreground' },
      'propagationPolicy: Unsupported value: "foreground": supported values: "Foreground", "Background", "Orphan", "nil"',
    ],
    [
      { propagationPolicy: 'Orphan', orphanDependents: true },
      'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
    ],
    [{ dryRun: ['Some'] }, 'dryRun: Unsupported value: ["Some"]: supported values: "All"'],
  ])('are refused when they make no sense: %j', async (options, why) => {
    const answer = await api.ask('DELETE', one, options);
    expect(answer).toMatchObject({
      code: 422,
      object: { message: `DeleteOptions.meta.k8s.io "" is invalid: ${why}` },
    });
    expect(await api.ask('GET', one)).toMatchObject({ code: 200 });
  });

  it('are read from the query only where there is no body', async () => {
    const word = await api.ask('DELETE', one, undefined, { query: 'gracePeriodSeconds=soon' });
    expect(word).toMatchObject({
      code: 400,
      object: { message: 'strconv.ParseInt: parsing "soon": invalid syntax' },
    });
    const wet = await api.ask('DELETE', one, undefined, { query: 'dryRun=Some' });
    expect(wet).toMatchObject({ code: 422 });
    const both = await api.ask('DELETE', one, { gracePeriodSeconds: 0 }, { query: 'propagationPolicy=Nonsense' });
    expect(both).toMatchObject({ code: 200 });
    expect(await api.ask('GET', one)).toMatchObject({ code: 404 });
  });
});
