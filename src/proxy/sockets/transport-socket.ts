import type { Socket } from 'node:net';

/**
 * The TCP socket beneath a client's connection, itself if it is one. Node gives no public way from a TLSSocket to the
 * socket that it was made over, and only that one can be reset.
 */
export function transportSocket(socket: Socket): Socket {
  return (socket as Socket & { readonly _parent?: Socket })._parent ?? socket;
}
