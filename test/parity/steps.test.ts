import { expect, it } from 'vitest';
import { readSteps, wereApart } from './steps.ts';

const recorded = readSteps(`
    0.5 web-6b99d66598-4njzf   0/1     ContainerCreating   0          0s
    1.5 web-6b99d66598-4njzf   0/1     ErrImagePull   0          1s
   13.5 web-6b99d66598-4njzf   0/1     ImagePullBackOff   0          13s`);
const replayed = (later: string) => readSteps(recordedText(later));
const recordedText = (backOffAt: string) => `
    0.6 ADDED web-5c5d5dcd55-xxxxx   0/1     ContainerCreating   0          0s
    1.2 MODIFIED web-5c5d5dcd55-xxxxx   0/1     ErrImagePull   0          1s
   ${backOffAt} MODIFIED web-5c5d5dcd55-xxxxx   0/1     ImagePullBackOff   0          9s
   99.0 DELETED web-5c5d5dcd55-xxxxx   0/1     Terminating   0          9s`;

it('excuses a command that met the next step, which both runs came to', () => {
  expect(wereApart(recorded, { from: 5, to: 7 }, replayed('9.0'), { from: 10, to: 12 })).toBe(true);
});

it('excuses nothing when both were at the same step', () => {
  expect(wereApart(recorded, { from: 5, to: 7 }, replayed('9.0'), { from: 6, to: 8 })).toBe(false);
});

it('excuses nothing when the recorded step never came', () => {
  const other = readSteps('    0.6 web-5c5d5dcd55-xxxxx   1/1     Running   0          0s');
  expect(wereApart(recorded, { from: 5, to: 7 }, other, { from: 5, to: 7 })).toBe(false);
});
