/** Hashes lie in [0, 2^52): the sum of two of them is still an exact integer. */
export const HASH_RANGE = 2 ** 52;

/**
 * Hashes a text to an integer below HASH_RANGE.
 *
 * It is part of an agreement: every worker of every host must send a client to the same member, so a changed
 * hash moves every client of every `source-ip` pool. 32 bits would not do: in a pool of 10,000 members two would
 * share a point once in a hundred pools, and one of them would be sent nobody.
 */
export function hashText(text: string, seed: number): number {
  let high = mix(seed ^ text.length);
  let low = mix(~seed);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, 0x85ebca77);
    low = (low << 17) | (low >>> 15);
  }
  return mix(high ^ low) * 2 ** 20 + (mix(low) >>> 12);
}

/** The finaliser of MurmurHash3: every bit of the input reaches every bit of the result. */
function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
