import { BlockList, isIP } from 'node:net';
import { invalidValue } from './field-error.ts';
import type { FieldError } from './kind.ts';

/** Fields that hold an address, or a range of them. */

export function validateIp(field: string, address: string): FieldError[] {
  if (isAddress(address)) return [];
  return [invalidValue(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
}

export function validateCidr(field: string, range: string): FieldError[] {
  const [address = '', prefix = '', ...rest] = range.split('/');
  const longest = isIP(address) === 4 ? 32 : 128;
  if (rest.length === 0 && isAddress(address) && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest) return [];
  return [invalidValue(field, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')];
}

/** An address at which others can be reached: not one of those that mean the caller itself or its own link. */
export function validateReachableIp(field: string, address: string): FieldError[] {
  const errors = validateIp(field, address);
  if (errors.length > 0) return errors;
  if (address === '0.0.0.0' || /^[0:]+$/.test(address)) {
    return [invalidValue(field, address, `may not be unspecified (${address})`)];
  }
  const range = special.find(({ list }) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6'));
  return range ? [invalidValue(field, address, `may not be in the ${range.name}`)] : [];
}

const special = [
  { name: 'loopback range (127.0.0.0/8, ::1/128)', list: blockList(['127.0.0.0', 8], ['::1', 128]) },
  { name: 'link-local range (169.254.0.0/16, fe80::/10)', list: blockList(['169.254.0.0', 16], ['fe80::', 10]) },
  {
    name: 'link-local multicast range (224.0.0.0/24, ff02::/10)',
    list: blockList(['224.0.0.0', 24], ['ff02::', 16]),
  },
];

function blockList(...[ipv4, ipv6]: [[string, number], [string, number]]): BlockList {
  const list = new BlockList();
  list.addSubnet(...ipv4, 'ipv4');
  list.addSubnet(...ipv6, 'ipv6');
  return list;
}

/** Unlike Node, Kubernetes knows no zones: `fe80::1%eth0`. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}
