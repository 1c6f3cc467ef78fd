import type { Clock } from '../../lib/clock.ts';
import type { Client, TokenSpec } from '../client/client.ts';
import { isStatusError } from '../objects/status-error.ts';
import type { Pod } from '../objects/types.ts';
import { MountError, type TokenSource } from './volume-content.ts';

interface Held {
  token: string;
  /** When four fifths of its life are over, or a day. */
  renewAtMs: number;
}

const defaultLifetimeSeconds = 3600;
const longestUseMs = 24 * 60 * 60_000;

/** The tokens by which the programs of a pod use the API; volumes show them. */
export class PodTokens {
  readonly #held = new Map<string, Held>();
  readonly #client: Client;
  readonly #clock: Clock;

  constructor({ client, clock }: { client: Client; clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Fetches what the pod's volumes show and is missing or about to go out of date.
   * @returns whether there is something new
   * @throws MountError naming the first volume whose token is not to be had
   */
  async renew(pod: Pod): Promise<boolean> {
    let isNew = false;
    for (const { name, projected } of pod.spec?.volumes ?? []) {
      for (const { serviceAccountToken: source } of projected?.sources ?? []) {
        const held = source && this.#held.get(keyOf(source));
        if (!source || (held && held.renewAtMs > this.#clock.now())) continue;
        this.#held.set(keyOf(source), await this.#fetch(pod, name, source, held));
        isNew = true;
      }
    }
    return isNew;
  }

  read(source: TokenSource): string | undefined {
    return this.#held.get(keyOf(source))?.token;
  }

  async #fetch(pod: Pod, volume: string, source: TokenSource, held: Held | undefined): Promise<Held> {
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const spec: TokenSpec = {
      audiences: source.audience ? [source.audience] : [],
      expirationSeconds: source.expirationSeconds ?? defaultLifetimeSeconds,
      boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
    };
    try {
      const { token, expiresAtMs } = await this.#client.createToken(
        pod.spec?.serviceAccountName ?? 'default',
        namespace,
        spec,
      );
      const nowMs = this.#clock.now();
      return { token, renewAtMs: nowMs + Math.min(0.8 * (expiresAtMs - nowMs), longestUseMs) };
    } catch (error) {
      if (!isStatusError(error)) throw error;
      // What is there stays good for a while; it is tried again in the next round.
      if (held) return held;
      throw new MountError(`MountVolume.SetUp failed for volume "${volume}" : failed to fetch token: ${error.message}`);
    }
  }
}

function keyOf({ audience = '', expirationSeconds }: TokenSource): string {
  return `${audience}/${expirationSeconds ?? defaultLifetimeSeconds}`;
}
