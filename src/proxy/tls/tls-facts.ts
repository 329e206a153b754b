import type { TLSSocket } from 'node:tls';
import type { TlsHeaderSource } from '../../dataplane/policy-configuration.ts';
import type { ClientHello } from './client-hello.ts';
import { distinguishedName } from './distinguished-name.ts';
import { ja3, ja4 } from './fingerprints.ts';

/** What is known of one client's TLS connection, as headers tell it. Nothing is worked out before it is asked for. */
export class TlsFacts {
  readonly socket: TLSSocket;
  readonly #certificateIds: ReadonlyMap<string, string>;
  readonly #hello: ClientHello | null;

  /**
   * @param certificateIds ids of the listener's certificates by their SHA-256 fingerprint
   * @param hello null when nothing asks for what only it tells
   */
  constructor(socket: TLSSocket, certificateIds: ReadonlyMap<string, string>, hello: ClientHello | null) {
    this.socket = socket;
    this.#certificateIds = certificateIds;
    this.#hello = hello;
  }

  /** Whether HTTP/2 was agreed upon (RFC 7301). */
  get speaksHttp2(): boolean {
    return this.socket.alpnProtocol === 'h2';
  }

  /** The value of a header, printable ASCII; null when there is nothing to tell. */
  valueOf(source: TlsHeaderSource): string | null {
    const socket = this.socket;
    const hello = this.#hello;
    switch (source) {
      case 'tls-version':
        return socket.getProtocol();
      case 'tls-cipher':
        return socket.getCipher()?.name ?? null;
      case 'tls-alpn':
        return socket.alpnProtocol || null;
      case 'tls-server-name':
        return serverName(socket);
      case 'certificate-id':
        return this.#certificateIds.get(socket.getX509Certificate()?.fingerprint256 ?? '') ?? null;
      case 'client-certificate-verification':
        return socket.authorized ? 'SUCCESS' : 'NONE';
      case 'client-ciphers':
        return hello ? suites(hello) : null;
      case 'tls-ja3':
        return hello && ja3(hello);
      case 'tls-ja4':
        return hello && ja4(hello);
      default:
        return this.#clientCertificate(source);
    }
  }

  #clientCertificate(source: TlsHeaderSource): string | null {
    const certificate = this.socket.getPeerX509Certificate();
    if (certificate === undefined) return null;
    switch (source) {
      case 'client-certificate':
        // A header is one line: nginx sends the PEM escaped in the same way.
        return encodeURIComponent(certificate.toString());
      case 'client-certificate-subject':
        return distinguishedName(certificate.subject ?? '');
      case 'client-certificate-issuer':
        return distinguishedName(certificate.issuer ?? '');
      case 'client-certificate-fingerprint':
        return certificate.fingerprint.replaceAll(':', '').toLowerCase();
      case 'client-certificate-serial-number':
        return certificate.serialNumber;
      case 'client-certificate-end':
        return certificate.validTo;
      default:
        return null;
    }
  }
}

/** The suites by their numbers, since not all of them have a name that everyone knows. */
function suites({ ciphers }: ClientHello): string {
  return ciphers.map((each) => `0x${each.toString(16).padStart(4, '0')}`).join(':');
}

/** The name that the client asked for, if it can stand in a header: it is the client's own text. */
function serverName({ servername }: TLSSocket & { servername?: string | false | null }): string | null {
  return servername && /^[\x21-\x7e]+$/.test(servername) ? servername : null;
}
