/** What a ClientHello offers, in its order and without GREASE (RFC 8446 4.1.2, RFC 8701). */
export interface ClientHello {
  /** Null when it asks for no name. */
  readonly serverName: string | null;
  readonly legacyVersion: number;
  readonly ciphers: readonly number[];
  readonly extensions: readonly number[];
  readonly groups: readonly number[];
  readonly pointFormats: readonly number[];
  readonly signatureAlgorithms: readonly number[];
  readonly versions: readonly number[];
  /** As bytes in latin1. */
  readonly protocols: readonly string[];
}

const EXTENSION = {
  SERVER_NAME: 0,
  GROUPS: 10,
  POINT_FORMATS: 11,
  SIGNATURES: 13,
  PROTOCOLS: 16,
  VERSIONS: 43,
} as const;

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;

/** Longer ones are not looked into. */
const MAX_BYTES = 16 * 1024;

/**
 * Reads the ClientHello at the beginning of a connection, which may be cut into records anywhere.
 * Returns 'incomplete' while more has to come, and null for anything that is no ClientHello.
 */
export function readClientHello(bytes: Buffer): ClientHello | 'incomplete' | null {
  const message: Buffer[] = [];
  let length = 0;
  for (let at = 0; ; ) {
    if (at > MAX_BYTES) return null;
    if (bytes.length < at + 5) return 'incomplete';
    if (bytes[at] !== HANDSHAKE_RECORD) return null;
    const end = at + 5 + bytes.readUInt16BE(at + 3);
    if (bytes.length < end) return 'incomplete';
    message.push(bytes.subarray(at + 5, end));
    length += end - at - 5;
    at = end;
    if (length < 4) continue;
    const whole = Buffer.concat(message);
    if (whole[0] !== CLIENT_HELLO) return null;
    const bodyEnd = 4 + whole.readUIntBE(1, 3);
    if (bodyEnd > MAX_BYTES) return null;
    if (whole.length >= bodyEnd) return parse(new Cursor(whole.subarray(4, bodyEnd)));
  }
}

function parse(body: Cursor): ClientHello | null {
  const legacyVersion = body.number(2);
  body.skip(32);
  body.vector(1);
  const ciphers = body.vector(2).numbers(2);
  body.vector(1);
  const found = new Map<number, Cursor>();
  const list = body.isAtEnd ? body : body.vector(2);
  while (!list.isAtEnd && !list.isBroken) found.set(list.number(2), list.vector(2));
  if (body.isBroken || list.isBroken) return null;
  const of = (extension: number) => found.get(extension) ?? new Cursor(Buffer.alloc(0));
  return {
    serverName: serverName(of(EXTENSION.SERVER_NAME)),
    legacyVersion,
    ciphers,
    extensions: [...found.keys()].filter((each) => !isGrease(each)),
    groups: of(EXTENSION.GROUPS).vector(2).numbers(2),
    pointFormats: of(EXTENSION.POINT_FORMATS).vector(1).numbers(1),
    signatureAlgorithms: of(EXTENSION.SIGNATURES).vector(2).numbers(2),
    versions: of(EXTENSION.VERSIONS).vector(1).numbers(2),
    protocols: of(EXTENSION.PROTOCOLS).vector(2).texts(),
  };
}

/** RFC 6066 3: a list of names with their types, of which only the host name is one. */
function serverName(extension: Cursor): string | null {
  const list = extension.vector(2);
  const isHostName = !list.isAtEnd && list.number(1) === 0;
  return (isHostName && list.vector(2).text) || null;
}

/** RFC 8701: 0x0a0a, 0x1a1a and so on mean nothing. */
function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

/** Reads forward through bytes; what is not there reads as nothing and is remembered. */
class Cursor {
  isBroken = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** All of it. */
  get text(): string {
    return this.#bytes.toString('latin1');
  }

  skip(size: number): void {
    this.#at += size;
    if (this.#at > this.#bytes.length) this.isBroken = true;
  }

  number(size: 1 | 2): number {
    const at = this.#at;
    this.skip(size);
    return this.isBroken ? 0 : this.#bytes.readUIntBE(at, size);
  }

  /** What comes behind its own length, which is written in `size` bytes. */
  vector(size: 1 | 2): Cursor {
    const length = this.number(size);
    const at = this.#at;
    this.skip(length);
    return new Cursor(this.isBroken ? Buffer.alloc(0) : this.#bytes.subarray(at, at + length));
  }

  numbers(size: 1 | 2): number[] {
    const numbers: number[] = [];
    while (this.#bytes.length - this.#at >= size) numbers.push(this.number(size));
    return size === 1 ? numbers : numbers.filter((each) => !isGrease(each));
  }

  texts(): string[] {
    const texts: string[] = [];
    while (!this.isAtEnd && !this.isBroken) texts.push(this.vector(1).text);
    return texts;
  }
}
