/** A port that speaks TLS tells those who send it plain HTTP so, instead of hanging up on them. */
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { refuseUnreadable } from './unreadable-request.ts';

/** The first byte of every TLS connection: a handshake record (RFC 8446 section 5.1). */
const handshake = 0x16;

/** How long a client may take to say its first byte. */
const firstByteMs = 30_000;

/** @param requestId makes the id that a refusal is given */
export function refusePlainText(server: Server, requestId: () => string): void {
  const secure = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const ends = () => socket.destroy();
    socket.setTimeout(firstByteMs, ends);
    socket.on('error', ends);
    socket.once('readable', () => {
      socket.setTimeout(0);
      socket.off('timeout', ends).off('error', ends);
      const first: Buffer | null = socket.read();
      if (!first) return ends();
      if (first[0] === handshake) {
        socket.unshift(first);
        for (const listener of secure) listener.call(server, socket);
        return;
      }
      const why = 'it came in plain HTTP, and this port speaks TLS; write https:// in the URL';
      socket.on('error', ends);
      refuseUnreadable(new Error(why), socket, requestId());
    });
  });
}
