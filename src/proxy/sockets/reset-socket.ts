import type { Socket } from 'node:net';

/**
 * Closes a socket so that its peer can tell it from an orderly end.
 * While an end of ours is still on its way the kernel handle cannot be reset, and Node would lose it without ever
 * closing it: then a plain close has to do.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
