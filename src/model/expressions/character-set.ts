/** Sets of characters up to U+00FF: what URLs, which are ASCII, and texts read as latin1 are made of. */

const SIZE = 256;

/** One byte for each character: 1 when it is in the set. */
export type CharacterSet = Uint8Array;

export function charactersWhere(isIn: (character: string, code: number) => boolean): CharacterSet {
  return Uint8Array.from({ length: SIZE }, (_, code) => (isIn(String.fromCharCode(code), code) ? 1 : 0));
}

export function complementOf(set: CharacterSet): CharacterSet {
  return set.map((member) => 1 - member);
}

export function unionOf(sets: readonly CharacterSet[]): CharacterSet {
  return charactersWhere((_, code) => sets.some((set) => set[code] === 1));
}

export const digits = charactersWhere((character) => /[0-9]/.test(character));
export const wordCharacters = charactersWhere((character) => /[A-Za-z0-9_]/.test(character));
export const spaces = charactersWhere((character) => /\s/.test(character));
export const anyButLineEnds = charactersWhere((character) => character !== '\n' && character !== '\r');
