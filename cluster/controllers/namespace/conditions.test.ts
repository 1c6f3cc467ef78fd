import { describe, expect, it } from 'vitest';
import { deletionConditions } from './conditions.ts';

const nowMs = Date.parse('2026-11-21T12:00:00Z');
const messages = (conditions: ReturnType<typeof deletionConditions>) =>
  Object.fromEntries(conditions.map(({ type, status, message }) => [type, `${status} ${message}`]));

describe('the conditions of a namespace that is being deleted', () => {
  it('say what is left and which finalizers hold it', () => {
    const remains = {
      objects: new Map([
        ['pods.', 2],
        ['jobs.batch', 1],
      ]),
      finalizers: new Map([['example.com/hold', 1]]),
    };
    expect(messages(deletionConditions([], remains, nowMs))).toMatchObject({
      NamespaceContentRemaining:
        'True Some resources are remaining: jobs.batch has 1 resource instances, pods. has 2 resource instances',
      NamespaceFinalizersRemaining:
        'True Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    });
  });

  it('say that nothing is left, and since when', () => {
    const first = deletionConditions([], { objects: new Map(), finalizers: new Map() }, nowMs);
    expect(messages(first)).toMatchObject({ NamespaceContentRemaining: 'False All content successfully removed' });
    const later = deletionConditions(first, { objects: new Map(), finalizers: new Map() }, nowMs + 60_000);
    expect(later).toEqual(first);
  });
});
