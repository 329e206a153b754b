const IPV4_MAPPED = '::ffff:';

/** An address as people write it: an IPv4 client of an IPv6 socket by its IPv4 address. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith(IPV4_MAPPED) && address.includes('.') ? address.slice(7) : address;
}
