import { expect, it } from 'vitest';
import { deriveSessionKey } from './session-key.ts';

it('is the same for the same words and rounds, and another for others', async () => {
  const key = await deriveSessionKey('correct horse battery staple', 2);
  expect(await deriveSessionKey('correct horse battery staple', 2)).toBe(key);
  expect(await deriveSessionKey('correct horse battery staple', 3)).not.toBe(key);
  expect(await deriveSessionKey('correct horse battery stapler', 2)).not.toBe(key);
});
