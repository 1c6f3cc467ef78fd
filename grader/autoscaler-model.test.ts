import { expect, it } from 'vitest';
import { playLoads, turnsOf, type ScalingRules } from './autoscaler-model.ts';

const rules: ScalingRules = { minReplicas: 1, maxReplicas: 10 };
const load = (turns: number, amount: number): number[] => Array<number>(turns).fill(amount);

it('an autoscaler that says nothing of pace grows at once, and shrinks five minutes after the rush', () => {
  const series = playLoads(rules, [...load(4, 3), ...load(24, 0.2)]);
  expect(series.slice(0, 5)).toEqual([1, 3, 3, 3, 3]);
  expect(series.findIndex((replicas, turn) => turn > 4 && replicas < 3)).toBe(24);
  expect(series.at(-1)).toBe(1);
});

it('without a window it follows every wave, with one it holds still', () => {
  const waves = Array.from({ length: 40 }, (_, turn) => (turn % 4 < 2 ? 3 : 0.2));
  const eager = { ...rules, behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } };
  expect(turnsOf(playLoads(eager, waves))).toBe(19);
  expect(turnsOf(playLoads(rules, waves))).toBe(0);
});

it('a window upwards lets a short wave pass, and a long rush in', () => {
  const patient = { ...rules, behavior: { scaleUp: { stabilizationWindowSeconds: 60 } } };
  expect(Math.max(...playLoads(patient, [...load(2, 3), ...load(2, 0.2), ...load(2, 3)]))).toBe(1);
  expect(playLoads(patient, load(8, 3)).at(-1)).toBe(3);
});

it('policies bound each step, and Disabled forbids it', () => {
  const oneByOne = [{ type: 'Pods', value: 1, periodSeconds: 60 }];
  expect(playLoads({ ...rules, behavior: { scaleUp: { policies: oneByOne } } }, load(9, 5))).toEqual([
    1, 2, 2, 2, 2, 3, 3, 3, 3, 4,
  ]);
  expect(playLoads({ ...rules, behavior: { scaleUp: { selectPolicy: 'Disabled' } } }, load(4, 5)).at(-1)).toBe(1);
});

it('what is within the tolerance changes nothing', () => {
  expect(playLoads(rules, load(3, 1.05)).at(-1)).toBe(1);
  expect(playLoads({ ...rules, behavior: { scaleUp: { tolerance: '0' } } }, load(3, 1.05)).at(-1)).toBe(2);
});
