import type { Socket } from 'node:net';
import type { ClientSocket } from './client-socket.ts';

/**
 * The TCP socket beneath a client's connection, itself if it is one. Node gives no public way from a TLSSocket to the
 * socket that it was made over, and only that one can be reset.
 */
export function transportSocket<S extends ClientSocket>(socket: S): S | Socket {
  return (socket as S & { readonly _parent?: Socket })._parent ?? socket;
}
