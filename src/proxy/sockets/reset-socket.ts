import { TLSSocket } from 'node:tls';
import type { ClientSocket } from './client-socket.ts';
import { transportSocket } from './transport-socket.ts';

/**
 * Closes a socket so that its peer can tell it from an orderly end.
 * While an end of ours is still on its way the kernel handle cannot be reset, and Node would lose it without ever
 * closing it: then a plain close has to do. So it does for TLS to a member, where a missing close_notify tells it.
 */
export function resetSocket(socket: ClientSocket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else if (socket instanceof TLSSocket && transportSocket(socket) === socket) socket.destroy();
  else transportSocket(socket).resetAndDestroy();
}
