import { expect, it } from 'vitest';
import { Perturbations } from './perturbations.ts';

it('what was disturbed is put back, newest first; what could not be is told and stops nothing', async () => {
  const perturbations = new Perturbations();
  const undone: string[] = [];
  const undo = (name: string) => () => {
    undone.push(name);
    return name === 'second' ? Promise.reject(new Error('the engine is gone')) : Promise.resolve();
  };
  perturbations.add('first', undo('first'));
  perturbations.add('second', undo('second'), true);
  perturbations.add('third', undo('third'));
  expect(await perturbations.undoAll()).toEqual([
    { what: 'first', undone: true },
    { what: 'second', undone: false, inShop: true },
    { what: 'third', undone: true },
  ]);
  expect(undone).toEqual(['third', 'second', 'first']);
});

it('what was put back is not put back again', async () => {
  const perturbations = new Perturbations();
  perturbations.add('once', () => Promise.resolve());
  await perturbations.undoAll();
  expect(await perturbations.undoAll()).toEqual([]);
});
