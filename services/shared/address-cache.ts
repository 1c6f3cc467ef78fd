import { lookup as askResolver, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** What `dns.lookup` does when all addresses are wanted. */
type AskResolver = (
  host: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Looks the one name of an upstream up, and believes the answer for a while: a busy caller need not ask before each
 * connection, and one that believes too long goes on calling where nobody lives any more.
 * @param options.onMove told at the first answer, and whenever the name leads elsewhere
 */
export function createAddressCache(options: {
  ttlMs: number;
  now: () => number;
  onMove: (addresses: string[]) => void;
  ask?: AskResolver;
}): LookupFunction {
  const { ttlMs, now, onMove, ask = askResolver } = options;
  let known: { addresses: LookupAddress[]; askedAtMs: number } | undefined;

  function learn(addresses: LookupAddress[], askedAtMs: number): void {
    const list = (of: LookupAddress[]) => of.map(({ address }) => address).toSorted();
    if (!known || String(list(known.addresses)) !== String(list(addresses))) {
      onMove(list(addresses));
    }
    known = { addresses, askedAtMs };
  }

  return (host, { all }, callback) => {
    const answer = (addresses: LookupAddress[]) => {
      const [first] = addresses;
      if (all) {
        callback(null, addresses);
      } else {
        callback(null, first?.address ?? '', first?.family);
      }
    };
    const askedAtMs = now();
    if (known && askedAtMs - known.askedAtMs < ttlMs) {
      const { addresses } = known;
      queueMicrotask(() => answer(addresses));
      return;
    }
    ask(host, { all: true }, (error, addresses) => {
      if (error) {
        callback(error, '');
        return;
      }
      learn(addresses, askedAtMs);
      answer(addresses);
    });
  };
}
