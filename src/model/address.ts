/** IP addresses and networks as the API writes them: literals without zones, prefixes in CIDR notation. */
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type IpVersion = 'v4' | 'v6';

/** A network, kept ready for comparison. */
export interface Network {
  readonly text: string;
  readonly version: IpVersion;
  readonly first: bigint;
  readonly size: bigint;
}

/** Which family an address is of; null when it is not one. */
export function ipVersion(address: string): IpVersion | null {
  if (isIPv4(address)) return 'v4';
  return isIPv6(address) && !address.includes('%') ? 'v6' : null;
}

/** The one spelling of an address, so that equal addresses are equal text. The address must be valid. */
export function canonical(address: string): string {
  return ipVersion(address) === 'v6' ? ipaddr.IPv6.parse(address).toString() : address;
}

/** The address of a peer: a socket that takes both families writes IPv4 addresses as IPv6 ones. */
export function peerAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/** The address as a number. It must be valid. */
export function addressNumber(address: string): bigint {
  if (isIPv4(address)) {
    return BigInt(address.split('.').reduce((number, byte) => number * 256 + Number(byte), 0));
  }
  let number = 0n;
  for (const byte of ipaddr.parse(address).toByteArray()) number = (number << 8n) | BigInt(byte);
  return number;
}

/** The address of a number. */
export function addressText(number: bigint, version: IpVersion): string {
  const length = version === 'v4' ? 4 : 16;
  const bytes = Array.from({ length }, (_, i) => Number((number >> BigInt(8 * (length - 1 - i))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Parses CIDR notation; null when it is not that, or when bits are set beyond the prefix. */
export function parseNetwork(cidr: string): Network | null {
  const [address = '', prefix = '', ...rest] = cidr.split('/');
  const version = ipVersion(address);
  const bits = version === 'v4' ? 32 : 128;
  if (!version || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return null;
  const first = addressNumber(address);
  const size = 1n << BigInt(bits - Number(prefix));
  return first % size === 0n
    ? { text: `${canonical(address)}/${Number(prefix)}`, version, first, size }
    : null;
}

export function contains(network: Network, address: string): boolean {
  return containedIn([network], address);
}

/** Whether a network lies wholly in another. */
export function holds(outer: Network, inner: Network): boolean {
  return (
    inner.version === outer.version &&
    inner.first >= outer.first &&
    inner.first + inner.size <= outer.first + outer.size
  );
}

/** Whether two networks have an address in common: then one of them holds the other. */
export function overlap(a: Network, b: Network): boolean {
  return holds(a, b) || holds(b, a);
}

/** Whether an address is in any of the networks. */
export function containedIn(networks: readonly Network[], address: string): boolean {
  const family = ipVersion(address);
  if (!family) return false;
  const number = addressNumber(address);
  return networks.some(
    ({ version, first, size }) => version === family && number >= first && number < first + size,
  );
}

/** The private IPv4 networks of RFC 1918 and the shared ones of RFC 6598. */
export const privateNetworks: readonly Network[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
]
  .map(parseNetwork)
  .filter((network) => network !== null);
