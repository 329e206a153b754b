/** Whether bytes of a head spell a field's name, which is the same in any case (RFC 9110 5.1). */

const UNDERSCORE = 0x5f;
const HYPHEN = 0x2d;

/**
 * Whether the bytes from `start` spell `name` (lower-case) in any case. Bytes must be token characters: setting
 * bit 5 folds only letters among them, but for `_`, which no such name has.
 */
export function spells(buffer: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (((buffer[start + index] as number) | 0x20) !== name[index]) return false;
  }
  return true;
}

/** The same for any name, as text. */
export function isNamed(buffer: Uint8Array, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const byte = buffer[start + index] as number;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== name.charCodeAt(index)) return false;
  }
  return true;
}

/** The same with `_` for `-`. */
export function spellsLoosely(buffer: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const byte = buffer[start + index] as number;
    const folded = byte === UNDERSCORE ? HYPHEN : byte | 0x20;
    const expected = name[index] === UNDERSCORE ? HYPHEN : name[index];
    if (folded !== expected) return false;
  }
  return true;
}
