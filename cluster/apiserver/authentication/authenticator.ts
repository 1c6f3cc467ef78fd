import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { unauthorized } from '../../objects/status-error.ts';
import type { Store } from '../../store/store.ts';
import { authorize } from '../authorization/authorize.ts';
import { administrator, serviceAccountOf, serviceAccountUser, userNamed, type User } from './user.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/**
 * Says who sends a request: by the bearer token, and then by whom the `Impersonate-…` headers name.
 * @throws StatusError Unauthorized for a token that opens nothing, Forbidden for an impersonation that is not allowed
 */
export type Authenticator = (request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>) => User;

/** @param given `adminToken`: whoever bears it may do everything */
export function createAuthenticator(given: {
  adminToken: string;
  tokens: ServiceAccountTokens;
  store: Store;
}): Authenticator {
  const { tokens, store } = given;
  const isAdmin = createComparison(given.adminToken);

  function bearerOf(header: string | undefined): User | undefined {
    const token = /^Bearer\s+(.+)$/i.exec(header ?? '')?.[1] ?? '';
    if (isAdmin(token)) return administrator;
    const claims = tokens.verify(token);
    if (!claims) return undefined;
    const { pod } = claims;
    if (pod && store.get('pods', claims.namespace, pod.name)?.metadata.uid !== pod.uid) return undefined;
    const account = store.get('serviceaccounts', claims.namespace, claims.name);
    return account?.metadata.uid === claims.uid ? serviceAccountUser(claims.namespace, claims.name) : undefined;
  }

  return ({ headers, headersDistinct }) => {
    const user = bearerOf(headers.authorization);
    if (!user) throw unauthorized();
    const [name] = headersDistinct['impersonate-user'] ?? [];
    if (!name) return user;
    const groups = headersDistinct['impersonate-group'] ?? [];
    const account = serviceAccountOf(name);
    const target = account ? { resource: 'serviceaccounts', ...account } : { resource: 'users', name };
    authorize(user, { verb: 'impersonate', group: '', ...target }, store);
    for (const group of groups) {
      authorize(user, { verb: 'impersonate', group: '', resource: 'groups', name: group }, store);
    }
    return userNamed(name, groups);
  };
}

/** Compares digests, so that neither length nor content of the secret shows in the time it takes. */
function createComparison(secret: string): (text: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (text) => timingSafeEqual(digest(text), expected) && secret !== '';
}
