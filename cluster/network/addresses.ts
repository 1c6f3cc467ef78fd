/** The pods' addresses: handed out in turn, so that one just freed is not taken again at once. */
export interface AddressPool {
  /** The first address of the range, which belongs to the node's side of the bridge. */
  readonly gateway: string;
  /** @throws when every address is in use */
  allocate(): string;
  release(address: string): void;
}

/** @param cidr an IPv4 range, such as `10.42.0.0/24` */
export function createAddressPool(cidr: string): AddressPool {
  const [base = '', prefixText] = cidr.split('/');
  const prefix = Number(prefixText);
  const first = toNumber(base);
  const size = 2 ** (32 - prefix);
  if (!Number.isInteger(prefix) || prefix < 8 || prefix > 30) throw new Error(`not an IPv4 range: ${cidr}`);

  const used = new Set<number>();
  // Neither the network (0), nor the gateway (1), nor the broadcast address.
  const hosts = size - 3;
  let next = 0;
  return {
    gateway: toAddress(first + 1),
    allocate() {
      for (let tried = 0; tried < hosts; tried++) {
        const candidate = first + 2 + ((next + tried) % hosts);
        if (used.has(candidate)) continue;
        used.add(candidate);
        next = (next + tried + 1) % hosts;
        return toAddress(candidate);
      }
      throw new Error(`failed to allocate for range 0: no IP addresses available in range set: ${cidr}`);
    },
    release: (address) => void used.delete(toNumber(address)),
  };
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
