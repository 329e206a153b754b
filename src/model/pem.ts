/** PEM text (RFC 7468): base64 between lines that say what it is. */

export interface PemBlock {
  /** What the block is, as `CERTIFICATE`. */
  readonly label: string;
  /** The block by itself, in lines of 64 characters, however it came. */
  readonly text: string;
}

const begin = /-----BEGIN ([A-Z0-9 ]{1,40})-----/y;

/**
 * The blocks of a text. Line breaks may be anywhere or missing, since the API itself echoes PEM without them.
 *
 * @returns null when there is none, or anything but white space outside of them
 */
export function pemBlocks(text: string): PemBlock[] | null {
  const blocks: PemBlock[] = [];
  let at = afterSpace(text, 0);
  while (at < text.length) {
    begin.lastIndex = at;
    const label = begin.exec(text)?.[1];
    if (label === undefined) return null;
    const end = text.indexOf(`-----END ${label}-----`, begin.lastIndex);
    if (end < 0) return null;
    const base64 = text.slice(begin.lastIndex, end).replaceAll(/\s/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
    const lines = base64.match(/.{1,64}/g) ?? [];
    blocks.push({
      label,
      text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'),
    });
    at = afterSpace(text, end + `-----END ${label}-----`.length);
  }
  return blocks.length > 0 ? blocks : null;
}

/** Whether a private key needs a password: PKCS #8 says so in its label, older keys in a header (RFC 1421). */
export function hasPassword(text: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: *4, *ENCRYPTED/.test(text);
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}
