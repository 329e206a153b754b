import { createHash } from 'node:crypto';

/** A UUID that is always the same for a name, for things that exist without anyone having created them. */
export function derivedId(name: string): string {
  const hash = createHash('sha256').update(`elbow ${name}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
