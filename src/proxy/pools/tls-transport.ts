import type { Socket, TcpNetConnectOpts } from 'node:net';
import { type ConnectionOptions, connect, createSecureContext } from 'node:tls';
import { readBuffer } from '../sockets/read-buffer.ts';
import type { MemberTransport } from './member-transport.ts';

/** The same for all members: making one reads more than a handshake costs. An empty list spares the system's roots. */
const secureContext = createSecureContext({ ca: [] });

/**
 * TLS to one member. Its certificate is not checked and no server name is sent: members are known by their addresses
 * (rules digest 4.7). Its last session is resumed, which spares it the greater part of a handshake.
 */
export class TlsTransport implements MemberTransport {
  readonly readyEvent = 'secureConnect';
  readonly #protocols: string[];
  #session: Buffer | undefined;

  /** @param speaksHttp whether HTTP/1.1 is to be agreed upon; otherwise the member is asked for no protocol */
  constructor(speaksHttp: boolean) {
    this.#protocols = speaksHttp ? ['http/1.1'] : [];
  }

  connect(host: string, port: number, callback: (length: number) => boolean): Socket {
    const options: ConnectionOptions & Pick<TcpNetConnectOpts, 'allowHalfOpen' | 'onread'> = {
      host,
      port,
      secureContext,
      rejectUnauthorized: false,
      allowHalfOpen: true,
      onread: { buffer: readBuffer, callback },
      ...(this.#protocols.length > 0 ? { ALPNProtocols: this.#protocols } : {}),
      ...(this.#session ? { session: this.#session } : {}),
    };
    const socket = connect(options);
    socket.setNoDelay(true);
    socket.on('session', (session: Buffer) => {
      this.#session = session;
    });
    return socket;
  }
}
