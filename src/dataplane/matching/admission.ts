import { BlockList } from 'node:net';
import type { AccessControl } from '../configuration.ts';

/** Tells which clients a listener accepts connections from. */
export class Admission {
  readonly #list = new BlockList();
  readonly #access: AccessControl | null;

  /** @param access null admits everyone */
  constructor(access: AccessControl | null) {
    this.#access = access;
    for (const { first, last } of access?.ranges ?? []) this.#list.addRange(first, last, familyOf(first));
  }

  /** Whether a client with this address, as `plainAddress` writes it, may connect. */
  admits(address: string): boolean {
    if (this.#access === null) return true;
    const isListed = address !== '' && this.#list.check(address, familyOf(address));
    return isListed === this.#access.allowsListed;
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
