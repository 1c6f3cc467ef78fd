import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

const keyLength = 32;
const salt = 'cloudmart-sessions';

/** What tokens are signed with, made from words that people chose: the more rounds, the costlier each guess at them. */
export async function deriveSessionKey(words: string, rounds: number): Promise<string> {
  const key = await promisify(pbkdf2)(words, salt, rounds, keyLength, 'sha512');
  return key.toString('base64url');
}
