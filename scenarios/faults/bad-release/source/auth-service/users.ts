import { scrypt, timingSafeEqual } from 'node:crypto';

// Cheap on purpose: a lab's accounts protect nothing, and sign-ins are load that a small machine must carry.
const cost = { N: 256, r: 8, p: 1 };
const keyLength = 32;
const salt = 'cloudmart';

/** The shop's demo accounts and their addresses; all have the password `cloudmart`. */
const accounts = JSON.parse(`{
  "alice": "alice@cloudmart.example",
  "bob": "bob@cloudmart.example",
  "carol": "carol@cloudmart.example",
  "dave": "dave@cloudmart.example",
  "erin": "erin@cloudmart.example",
  "frank": "frank@cloudmart.example",
  "grace": "grace@cloudmart.example",
}`) as Record<string, string>;
const names = new Set(Object.keys(accounts));
const passwordKey = derive('cloudmart');

/** True when there is such a user and the password is right; takes the same time either way. */
export async function isUser(username: string, password: string): Promise<boolean> {
  const same = timingSafeEqual(await derive(password), await passwordKey);
  return same && names.has(username);
}

function derive(password: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
