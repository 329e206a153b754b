import { connect, type Socket } from 'node:net';
import { readBuffer } from '../sockets/read-buffer.ts';

/** How connections to a member are made. */
export interface MemberTransport {
  /** The event of a socket that says that bytes may be sent to the member. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /**
   * Begins to connect. Either side may end while the other still sends.
   *
   * @param onBytes called with how many bytes came, which are in the read buffer during the call; it returns true
   */
  connect(address: string, port: number, onBytes: (length: number) => boolean): Socket;
}

/** TCP as it is. */
export const plainTransport: MemberTransport = {
  readyEvent: 'connect',
  connect: (host, port, callback) =>
    connect({ host, port, noDelay: true, allowHalfOpen: true, onread: { buffer: readBuffer, callback } }),
};
