import { describe, expect, it } from 'vitest';
import { decide } from './garbage-collector.ts';

describe('garbage', () => {
  it.each([
    [['present'], 'keep'],
    [['present', 'absent'], 'forget-absent'],
    [['absent'], 'delete'],
    [['absent', 'waiting'], 'delete-foreground'],
    [['present', 'waiting'], 'keep'],
  ] as const)('with owners %j is to %s', (owners, decision) => {
    expect(decide(owners)).toBe(decision);
  });
});
