/** What an entry of an IP group covers: one address, a network, or a range between two addresses. */
import { addressNumber, canonical, type IpVersion, ipVersion, parseNetwork } from './address.ts';

/** All addresses of one family from `first` to `last`, both included. */
export interface IpRange {
  readonly version: IpVersion;
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Reads an entry.
 *
 * @returns the range, or what is wrong with the text and what would be right
 */
export function parseIpRange(text: string): IpRange | { readonly problem: string } {
  if (text.includes('-')) return parseBetween(text);
  if (text.includes('/')) return parseCidr(text);
  const version = ipVersion(text);
  if (!version) return notOne(text);
  const number = addressNumber(text);
  return { version, first: number, last: number };
}

/** The same for all notations of the same addresses (rules digest IG-1). */
export function rangeKey({ version, first, last }: IpRange): string {
  return `${version} ${first}-${last}`;
}

function parseCidr(text: string): IpRange | { readonly problem: string } {
  const network = parseNetwork(text);
  if (network) {
    const { version, first, size } = network;
    return { version, first, last: first + size - 1n };
  }
  const [address = '', prefix = ''] = text.split('/');
  // Without its host bits the address may be a network: then it was only the base that was missed.
  const version = ipVersion(address);
  const bits = version === 'v4' ? 32 : 128;
  if (!version || !/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) return notOne(text);
  return {
    problem: `"${text}" has bits set beyond its prefix; give the network itself, or ${address} alone.`,
  };
}

function parseBetween(text: string): IpRange | { readonly problem: string } {
  const [from = '', to = '', ...more] = text.split('-');
  const version = ipVersion(from);
  if (!version || !ipVersion(to) || more.length > 0) return notOne(text);
  if (ipVersion(to) !== version) return { problem: `"${text}" goes from one IP version to the other.` };
  const range = { version, first: addressNumber(from), last: addressNumber(to) };
  if (range.last > range.first) return range;
  return {
    problem: `"${text}" ends at or before its start ${canonical(from)}; a range a-b needs b greater than a.`,
  };
}

function notOne(text: string) {
  return {
    problem: `got "${text}", expected an address as 10.0.0.1, a network as 10.0.0.0/24 or a range as 10.0.0.1-10.0.0.9.`,
  };
}
