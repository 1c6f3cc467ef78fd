import * as v from 'valibot';
import { Problem } from '../shared/problem.ts';
import type { Upstream } from '../shared/upstream.ts';

const session = v.object({ customer: v.string() });

/**
 * Who places this request: the bearer of a token, or a new guest when there is none.
 * @param authorization the header as the caller sent it
 * @throws Problem 401 when the token is not, or no longer, good
 */
export async function authenticate(auth: Upstream, authorization: string | undefined): Promise<string> {
  const answer =
    authorization === undefined
      ? await auth.json({ method: 'POST', path: '/sessions/guest', body: {} }, session)
      : await auth.json({ method: 'GET', path: '/session', headers: { authorization } }, session);
  if (!answer.body) {
    throw new Problem(401, 'The token is not valid, or has expired. Log in again.');
  }
  return answer.body.customer;
}
