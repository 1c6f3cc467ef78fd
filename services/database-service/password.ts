import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from '../shared/problem.ts';

/**
 * Who shows a password must show the right one, with every request, so that an old one stops counting at once. Who
 * shows none may read, as the database's role for readers has no password.
 * @param password undefined: nobody is asked
 */
export function requirePassword(password: string | undefined): RequestHandler {
  const expected = password === undefined ? undefined : digest(password);
  return (request, _response, next) => {
    const shown = /^Bearer (.+)$/i.exec(request.header('authorization') ?? '')?.[1];
    const isRight = expected && shown !== undefined && timingSafeEqual(digest(shown), expected);
    const mayPass = !expected || isRight || (shown === undefined && request.method === 'GET');
    next(mayPass ? undefined : new Problem(401, 'The database does not accept this password.'));
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
