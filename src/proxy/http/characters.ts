/** Which bytes may stand where in a message head (RFC 9110 5.5 and 5.6.2, RFC 3986 2); 1 means allowed. */

export const CR = 0x0d;
export const LF = 0x0a;
export const SP = 0x20;
export const HTAB = 0x09;
export const COLON = 0x3a;

function table(allowed: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (allowed(byte) ? 1 : 0));
}

const isAlphanumeric = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);

const among =
  (characters: string) =>
  (byte: number): boolean =>
    characters.includes(String.fromCharCode(byte));

const isTokenMark = among("!#$%&'*+-.^_`|~");
const isHostMark = among("-._~!$&'()*+,;=%");

/** Methods and field names. */
export const TOKEN = table((byte) => isAlphanumeric(byte) || isTokenMark(byte));

/** Field values: visible characters, space, tab and obs-text; no other control character. */
export const TEXT = table((byte) => byte === HTAB || (byte >= 0x20 && byte !== 0x7f));

/** Request targets: visible ASCII without a fragment, which is never sent (RFC 9112 3.2). */
export const TARGET = table((byte) => byte > 0x20 && byte < 0x7f && byte !== 0x23);

/** A host name or IPv4 address (RFC 3986 3.2.2 reg-name). */
export const HOST_NAME = table((byte) => isAlphanumeric(byte) || isHostMark(byte));

/** The inside of an IPv6 literal's brackets. */
export const HOST_LITERAL = table((byte) => isAlphanumeric(byte) || among(':.%')(byte));

export const DIGIT = table((byte) => byte >= 0x30 && byte <= 0x39);
