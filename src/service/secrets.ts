/** Seals what must not be readable in the database: AES-256-GCM with a key that is kept beside it. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
/** Names the way of sealing, should there ever be another. */
const version = 'v1.';

export class Secrets {
  readonly #key: Buffer;

  /** @param key the installation's key, any text that cannot be guessed */
  constructor(key: string) {
    this.#key = Buffer.from(hkdfSync('sha256', key, '', 'elbow sealed secrets', 32));
  }

  /**
   * Encrypts a text.
   *
   * @param place where the sealed text is kept, so that it opens nowhere else
   */
  seal(text: string, place: string): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key, nonce, { authTagLength: tagBytes });
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}${sealed.toString('base64url')}`;
  }

  /** The text, or null when it was sealed with another key, for another place, or was changed since. */
  open(sealed: string, place: string): string | null {
    const bytes = Buffer.from(sealed.slice(version.length), 'base64url');
    if (!sealed.startsWith(version) || bytes.length < nonceBytes + tagBytes) return null;
    const decipher = createDecipheriv(algorithm, this.#key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      return Buffer.concat([opened, decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }
}
